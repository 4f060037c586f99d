#include "net/prefix.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace noroshi {
namespace {

IpAddress masked(const IpAddress& address, int length) {
  std::array<std::byte, 16> bytes = address.bytes();
  const auto whole = static_cast<std::size_t>(length) / 8;
  if (whole < bytes.size()) bytes[whole] &= ~(std::byte{0xff} >> (length % 8));
  std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(std::min(whole + 1, bytes.size())),
            bytes.end(), std::byte{0});
  return IpAddress::from_bytes(bytes);
}

}  // namespace

Prefix::Prefix(const IpAddress& address, int mapped_length)
    : address_(masked(address, mapped_length)), mapped_length_(mapped_length) {}

Result<Prefix> Prefix::parse(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = IpAddress::parse(text.substr(0, slash));
  const auto wrong = [&] {
    return failure(ErrorCode::kInvalidArgument,
                   fmt::format("'{}' is not a prefix; write 192.0.2.0/24 or 2001:db8::/32", text));
  };
  if (!address) return wrong();
  const bool v4 = text.substr(0, slash).find(':') == std::string_view::npos;
  const int limit = v4 ? 32 : 128;
  int length = limit;
  if (slash != std::string_view::npos) {
    const auto digits = text.substr(slash + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
    if (error != std::errc() || end != digits.data() + digits.size() || length < 0 ||
        length > limit)
      return wrong();
  }
  return Prefix(*address, v4 ? length + 96 : length);
}

bool Prefix::contains(const IpAddress& address) const {
  return masked(address, mapped_length_) == address_;
}

std::string Prefix::to_string() const {
  return fmt::format("{}/{}", address_.to_string(), length());
}

bool PrefixSet::contains(const IpAddress& address) const {
  return std::ranges::any_of(prefixes_,
                             [&](const Prefix& prefix) { return prefix.contains(address); });
}

}  // namespace noroshi
