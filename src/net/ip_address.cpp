#include "net/ip_address.h"

#include <arpa/inet.h>
#include <fmt/format.h>

namespace noroshi {

Result<IpAddress> IpAddress::parse(std::string_view text) {
  if (text.starts_with('~')) {
    const auto address = parse(text.substr(1));
    if (address && address->can_be_marked()) return address->marked();
    return failure(ErrorCode::kInvalidArgument, fmt::format("'{}' is not a pseudonym", text));
  }
  // inet_pton wants a terminated string; no address is longer than this.
  std::array<char, INET6_ADDRSTRLEN + 1> buffer{};
  if (text.size() < buffer.size()) {
    text.copy(buffer.data(), text.size());
    std::array<std::byte, 16> bytes{};
    if (inet_pton(AF_INET, buffer.data(), bytes.data()) == 1)
      return from_v4_bytes(std::span(bytes).first<4>());
    if (inet_pton(AF_INET6, buffer.data(), bytes.data()) == 1) return from_bytes(bytes);
  }
  return failure(ErrorCode::kInvalidArgument, fmt::format("'{}' is not an IP address", text));
}

std::string IpAddress::to_string() const {
  if (is_pseudonym()) return '~' + unmarked().to_string();
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  if (is_v4()) {
    inet_ntop(AF_INET, bytes_.data() + 12, buffer.data(), buffer.size());
  } else {
    inet_ntop(AF_INET6, bytes_.data(), buffer.data(), buffer.size());
  }
  return buffer.data();
}

}  // namespace noroshi
