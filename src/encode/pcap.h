#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "net/endpoint.h"

namespace noroshi {

/// A classic capture file (draft-ietf-opsawg-pcap, version 2.4, little-endian, microseconds,
/// Ethernet) of UDP datagrams over IPv4, with correct lengths and checksums. Makes bytes only; the
/// caller writes them: file_header() once, then one packet() after the other.
class PcapEncoder {
 public:
  using Microseconds = std::chrono::sys_time<std::chrono::microseconds>;
  static constexpr std::size_t kLargestPayload = 65'507;

  struct Route {
    IpAddress source;  ///< IPv4, like the destination
    Port source_port;
    IpAddress destination;
    Port destination_port;
  };

  [[nodiscard]] static std::vector<std::byte> file_header();
  /// One packet record. `payload` is at most kLargestPayload octets.
  [[nodiscard]] std::vector<std::byte> packet(const Route& route, Microseconds time,
                                              std::span<const std::byte> payload);

 private:
  std::uint16_t identification_ = 0;
};

}  // namespace noroshi
