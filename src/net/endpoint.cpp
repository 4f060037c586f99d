#include "net/endpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <utility>

namespace noroshi {
namespace {

constexpr std::array<std::pair<std::uint8_t, std::string_view>, 16> kProtocolNames{{
    {1, "icmp"},
    {2, "igmp"},
    {4, "ipip"},
    {6, "tcp"},
    {17, "udp"},
    {33, "dccp"},
    {41, "ipv6"},
    {46, "rsvp"},
    {47, "gre"},
    {50, "esp"},
    {51, "ah"},
    {58, "icmp6"},
    {89, "ospf"},
    {103, "pim"},
    {112, "vrrp"},
    {132, "sctp"},
}};

}  // namespace

std::string to_string(Protocol protocol) {
  for (const auto& [number, name] : kProtocolNames)
    if (number == protocol.value) return std::string(name);
  return std::to_string(protocol.value);
}

Result<Protocol> parse_protocol(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
  if (lower == "ipv6-icmp" || lower == "icmpv6") lower = "icmp6";
  for (const auto& [number, name] : kProtocolNames)
    if (name == lower) return Protocol{number};
  std::uint8_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size() && !text.empty())
    return Protocol{number};
  return failure(ErrorCode::kInvalidArgument, fmt::format("'{}' is not an IP protocol", text));
}

std::string Endpoint::to_string() const {
  const auto host =
      address.is_v4() ? address.to_string() : fmt::format("[{}]", address.to_string());
  return fmt::format("{}:{}/{}", host, port.value, noroshi::to_string(protocol));
}

}  // namespace noroshi
