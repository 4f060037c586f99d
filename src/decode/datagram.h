#pragma once

#include <cstddef>
#include <span>

#include "base/time.h"
#include "net/endpoint.h"
#include "net/ip_address.h"

namespace noroshi {

/// One export datagram (or IPFIX message) and where it came from. Views bytes it does not own.
struct Datagram {
  IpAddress exporter;
  Port exporter_port;
  Timestamp received;
  std::span<const std::byte> payload;
};

/// How messages arrive, which decides what a template withdrawal means (RFC 7011 §8.1, §8.4).
enum class Transport : std::uint8_t {
  kDatagrams,   ///< withdrawals are ignored, templates age
  kConnection,  ///< TCP, TLS or a file: withdrawals are honoured
};

}  // namespace noroshi
