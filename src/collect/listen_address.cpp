#include "collect/listen_address.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>

namespace noroshi {
namespace {

constexpr Port kIpfixPort{4739};
constexpr Port kIpfixTlsPort{4740};

std::string_view scheme_of(ListenTransport transport) {
  switch (transport) {
    case ListenTransport::kStream:
      return "tcp";
    case ListenTransport::kTlsStream:
      return "tls";
    case ListenTransport::kDatagrams:
      break;
  }
  return "udp";
}

std::optional<ListenTransport> transport_of(std::string_view scheme) {
  for (const auto transport :
       {ListenTransport::kDatagrams, ListenTransport::kStream, ListenTransport::kTlsStream})
    if (scheme == scheme_of(transport)) return transport;
  return std::nullopt;
}

std::optional<Port> port_of(std::string_view digits) {
  Port port;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), port.value);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return port;
}

/// "ADDRESS", "ADDRESS:PORT", "[ADDRESS]", "[ADDRESS]:PORT": the address, and what follows.
std::pair<std::string_view, std::string_view> split(std::string_view text) {
  const auto end = text.starts_with('[') ? text.find(']') : std::min(text.find(':'), text.size());
  if (end == std::string_view::npos) return {};
  if (!text.starts_with('[')) return {text.substr(0, end), text.substr(end)};
  return {text.substr(1, end - 1), text.substr(end + 1)};
}

}  // namespace

Result<ListenAddress> ListenAddress::parse(std::string_view text) {
  const auto wrong = [&] {
    return failure(ErrorCode::kInvalidArgument,
                   fmt::format("'{}' is not an address to listen on; write 192.0.2.1:2055, "
                               "[::]:2055, tcp://192.0.2.1:4739 or tls://[::]:4740",
                               text));
  };
  ListenAddress result;
  auto rest = text;
  if (const auto colon = rest.find("://"); colon != std::string_view::npos) {
    const auto transport = transport_of(rest.substr(0, colon));
    if (!transport) return wrong();
    result.transport = *transport;
    rest.remove_prefix(colon + 3);
  }
  const bool bracketed = rest.starts_with('[');
  const auto [address_text, port_text] = split(rest);
  const auto address = IpAddress::parse(address_text);
  if (!address || bracketed == address->is_v4()) return wrong();
  result.address = *address;
  if (port_text.empty()) {
    if (result.transport == ListenTransport::kDatagrams) return wrong();
    result.port = result.transport == ListenTransport::kStream ? kIpfixPort : kIpfixTlsPort;
    return result;
  }
  const auto port = port_text.starts_with(':') ? port_of(port_text.substr(1)) : std::nullopt;
  if (!port) return wrong();
  result.port = *port;
  return result;
}

std::string ListenAddress::to_string() const {
  return fmt::format(fmt::runtime(address.is_v4() ? "{}://{}:{}" : "{}://[{}]:{}"),
                     scheme_of(transport), address.to_string(), port.value);
}

}  // namespace noroshi
