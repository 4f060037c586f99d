#include "store/row_stream.h"

#include <algorithm>

namespace noroshi {

Status RowStream::take(std::span<const std::byte> piece) {
  if (!rest_.empty()) {
    const auto count = std::min(octets_ - rest_.size(), piece.size());
    rest_.insert(rest_.end(), piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(count));
    piece = piece.subspan(count);
    if (rest_.size() < octets_) return {};
    TRY(rows_(rest_));
    rest_.clear();
  }
  const auto whole = piece.size() - piece.size() % octets_;
  if (whole > 0) TRY(rows_(piece.first(whole)));
  const auto over = piece.subspan(whole);
  rest_.assign(over.begin(), over.end());
  return {};
}

Status RowStream::finish() const {
  if (rest_.empty()) return {};
  return failure(ErrorCode::kTruncated, "the answer of the engine ends within a row");
}

}  // namespace noroshi
