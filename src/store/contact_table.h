#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/result.h"
#include "model/contact.h"
#include "store/batch_store.h"
#include "store/engine.h"
#include "store/sql/statement.h"
#include "store/table.h"

namespace noroshi {

/// The table "contacts": one row per hour, client and service; its numbers in columns, the rest in
/// `details` (contact_details.h). Partitioned by day.
[[nodiscard]] const StoredTable& contact_table();

/// Contacts of one hour as a Block, viewing memory of its own.
class ContactBlock {
 public:
  ContactBlock(std::span<const Contact> contacts, std::uint64_t hour, BatchId batch);
  ContactBlock(const ContactBlock&) = delete;
  ContactBlock& operator=(const ContactBlock&) = delete;

  [[nodiscard]] const Block& block() const { return block_; }

 private:
  std::vector<std::vector<std::byte>> columns_;
  std::vector<std::uint32_t> offsets_;
  Block block_;
};

/// The contacts of an hour, in the order of client and server.
[[nodiscard]] Statement contacts_sql(std::uint64_t hour, const SqlTable& table);

/// Puts contacts together from the answer to contacts_sql, which comes in pieces.
class ContactReader {
 public:
  using Sink = std::function<Status(std::span<const Contact>)>;
  ContactReader(std::uint64_t hour, const Sink& sink) : hour_(hour), sink_(sink) {}

  Status take(std::span<const std::byte> piece);
  [[nodiscard]] Status finish() const;

 private:
  std::uint64_t hour_;
  const Sink& sink_;
  std::vector<std::byte> rest_;
};

}  // namespace noroshi
