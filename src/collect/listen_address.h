#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/endpoint.h"

namespace noroshi {

/// How exports come in.
enum class ListenTransport : std::uint8_t {
  kDatagrams,  ///< UDP: every protocol, told apart by content
  kStream,     ///< TCP: IPFIX (RFC 7011 §10.4)
  kTlsStream,  ///< IPFIX inside TLS (RFC 7011 §11)
};

/// Where to listen.
struct ListenAddress {
  ListenTransport transport = ListenTransport::kDatagrams;
  /// 0.0.0.0 is every IPv4 address of the host; :: every address of both families.
  IpAddress address;
  Port port;  ///< 0: any that is free

  /// "192.0.2.1:2055", "[2001:db8::1]:2055", "[::]:2055", with "udp://", "tcp://" or "tls://" in
  /// front where it is not UDP. Numbers only, no names. The port may be left out over TCP (4739)
  /// and TLS (4740), where RFC 7011 has one.
  [[nodiscard]] static Result<ListenAddress> parse(std::string_view text);

  /// "udp://192.0.2.1:2055".
  [[nodiscard]] std::string to_string() const;
  friend bool operator==(const ListenAddress&, const ListenAddress&) = default;
};

}  // namespace noroshi
