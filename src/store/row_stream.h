#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "base/byte_reader.h"
#include "base/result.h"

namespace noroshi {

/// Puts rows of one length together from an answer that comes in pieces, cut anywhere.
class RowStream {
 public:
  /// Gets whole rows, as many as there are.
  using Rows = std::function<Status(std::span<const std::byte>)>;
  RowStream(std::size_t octets, Rows rows) : octets_(octets), rows_(std::move(rows)) {}

  Status take(std::span<const std::byte> piece);
  /// kTruncated when the answer ended within a row.
  [[nodiscard]] Status finish() const;

 private:
  std::size_t octets_;
  Rows rows_;
  std::vector<std::byte> rest_;
};

}  // namespace noroshi
