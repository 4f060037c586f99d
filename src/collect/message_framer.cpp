#include "collect/message_framer.h"

#include <cstring>

#include "base/byte_reader.h"

namespace noroshi {

std::span<std::byte> MessageFramer::room() {
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  return std::span(buffer_).subspan(end_);
}

Result<std::optional<std::span<const std::byte>>> MessageFramer::next() {
  constexpr std::uint16_t kVersion = 10;
  constexpr std::size_t kHeader = 16;
  const auto held = std::span<const std::byte>(buffer_).subspan(begin_, end_ - begin_);
  ByteReader reader(held);
  const auto version = reader.read_u16();
  const std::size_t length = reader.read_u16();
  if (!reader.ok()) return std::nullopt;
  if (version != kVersion || length < kHeader)
    return failure(ErrorCode::kMalformed, "no IPFIX message begins here");
  if (held.size() < length) return std::nullopt;
  begin_ += length;
  return held.first(length);
}

}  // namespace noroshi
