#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <span>

#include "base/time.h"
#include "net/endpoint.h"

namespace noroshi::simulate {

/// Why packets were sent. Written into the truth, never into a flow.
enum class Purpose : std::uint8_t {
  kOrdinary,
  kNtp,
  kPush,
  kCameraKeepAlive,
  kVendorHeartbeat,
  kVpnKeepAlive,
  kInboundScan,
  kCommand,  ///< bot ↔ C&C
  kReport,   ///< bot → report server
  kLoad,     ///< loader ↔ bot
  kScan,     ///< bot → random targets
  kFlood,    ///< bot → victim
};

enum class Family : std::uint8_t { kNone, kMiraiLike, kHttpPoller };

/// Packets of one size and one set of flags.
struct PacketGroup {
  enum class Placement : std::uint8_t { kStart, kSpread, kEnd };
  std::uint32_t count = 0;
  std::uint16_t size = 0;  ///< octets from the IP header on
  std::uint8_t tcp_flags = 0;
  Placement placement = Placement::kSpread;
};

/// The packets of one direction, evenly paced within their exchange.
class PacketGroups {
 public:
  static constexpr std::size_t kMost = 5;
  void add(const PacketGroup& group);
  [[nodiscard]] std::span<const PacketGroup> groups() const { return {groups_.data(), size_}; }
  [[nodiscard]] std::uint64_t packets() const {
    std::uint64_t sum = 0;
    for (const auto& group : groups()) sum += group.count;
    return sum;
  }

 private:
  std::array<PacketGroup, kMost> groups_{};
  std::size_t size_ = 0;
};

/// A short piece of a conversation: what a client and a server send one another within at most
/// kLongest. Longer conversations are several exchanges.
struct Exchange {
  /// Shorter than any exporter's idle timeout, so that no flow can end inside an exchange.
  static constexpr std::chrono::milliseconds kLongest{10'000};

  Timestamp start;
  std::chrono::milliseconds duration{0};
  std::chrono::milliseconds delay{0};  ///< by which the server's packets follow the client's
  IpAddress client;
  IpAddress server;
  std::uint16_t client_port = 0;
  std::uint16_t server_port = 0;
  Protocol protocol;
  Purpose purpose = Purpose::kOrdinary;
  Family family = Family::kNone;
  bool line_is_server = false;  ///< the subscriber is being called
  std::uint32_t line = 0;       ///< whose traffic it is: decides the router
  std::uint32_t subject = 0;    ///< whom it concerns in a TruthBook; 0 is nobody
  PacketGroups up;              ///< client → server
  PacketGroups down;

  [[nodiscard]] std::uint64_t packets() const { return up.packets() + down.packets(); }
  [[nodiscard]] Endpoint server_endpoint() const { return {server, Port{server_port}, protocol}; }
};

/// How much of a TCP conversation an exchange holds.
struct TcpPart {
  bool opens = false;
  bool closes = false;
  std::uint64_t up_bytes = 0;  ///< of application data, as much as fits kLongest
  std::uint64_t down_bytes = 0;
};
/// Adds the packets of one part: handshake, full segments and a rest, acknowledgements for every
/// other segment, FINs.
void add_tcp(Exchange& exchange, const TcpPart& part);
/// Adds one SYN, and the answer, if any: RST+ACK for a closed port, SYN+ACK for an open one.
enum class SynAnswer : std::uint8_t { kNone, kReset, kAccept };
void add_syn(Exchange& exchange, SynAnswer answer);
/// Adds datagrams each way; sizes are of UDP payload.
struct UdpPart {
  std::uint32_t up_packets = 1;
  std::uint16_t up_size = 0;
  std::uint32_t down_packets = 1;
  std::uint16_t down_size = 0;
};
void add_udp(Exchange& exchange, const UdpPart& part);

}  // namespace noroshi::simulate
