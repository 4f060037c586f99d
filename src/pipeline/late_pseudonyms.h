#pragma once

#include <cstdint>
#include <filesystem>
#include <utility>
#include <vector>

#include "base/result.h"
#include "guard/pseudonym/pseudonym_book.h"
#include "guard/pseudonym/subscriber_ranges.h"
#include "model/flow_batch.h"
#include "net/prefix.h"

namespace noroshi {

/// The rows of a batch in which an address of traffic stands in clear: in every column and way of
/// writing that the door looks at (guard/pseudonym/pseudonymiser.h).
[[nodiscard]] std::uint64_t rows_in_clear(const FlowBatch& batch, const SubscriberRanges& ranges);

/// Pseudonyms for addresses that should have had one when they came in: those that the door would
/// give them. Not thread-safe.
class LatePseudonyms {
 public:
  /// From a key file and the blocks beside it, which must know all of `subscribers`.
  [[nodiscard]] static Result<LatePseudonyms> open(const std::filesystem::path& key_file,
                                                   const std::vector<Prefix>& subscribers);

  /// In a row of that hour (key_hour()). Itself where it is no subscriber's; "::" where the key of
  /// that hour is retired, as at the door.
  [[nodiscard]] Result<IpAddress> in_place_of(const IpAddress& address, std::uint64_t hour);
  /// Of every row and column.
  Status replace(FlowBatch& batch);

 private:
  LatePseudonyms(PseudonymBook book, SubscriberRanges ranges)
      : book_(std::move(book)), ranges_(std::move(ranges)) {}

  PseudonymBook book_;
  SubscriberRanges ranges_;
};

}  // namespace noroshi
