#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "decode/packet/packet_headers.h"
#include "net/ip_address.h"

namespace noroshi {

/// The two ends of a conversation, in an order that does not depend on who speaks: `ends[0]` is the
/// lower (address, port). Both directions of a conversation thus have one key.
struct FlowKey {
  struct End {
    IpAddress address;
    std::uint16_t port = 0;
    friend auto operator<=>(const End&, const End&) = default;
  };
  std::array<End, 2> ends;
  std::uint16_t vlan = 0;
  std::uint8_t protocol = 0;
  friend bool operator==(const FlowKey&, const FlowKey&) = default;

  /// Each word is mixed in by itself: two words of one address folded together before the seed
  /// would let a sender choose pairs that collide under every seed.
  [[nodiscard]] std::uint64_t hash(std::uint64_t seed) const {
    for (const auto& end : ends) seed = mix(mix(seed, end.address.high()), end.address.low());
    return mix(seed, std::uint64_t{ends[0].port} << 48 | std::uint64_t{ends[1].port} << 32 |
                         std::uint64_t{vlan} << 8 | protocol);
  }
};

/// A conversation that has not ended. Sides are numbered as FlowKey::ends.
struct OpenFlow {
  struct Side {
    std::uint64_t packets = 0;
    std::uint64_t bytes = 0;
    std::uint8_t tcp_flags = 0;
  };
  FlowKey key;
  std::chrono::nanoseconds first{0};    ///< earliest packet
  std::chrono::nanoseconds last{0};     ///< latest packet
  std::chrono::nanoseconds touched{0};  ///< the meter's clock when a packet last arrived
  std::array<Side, 2> sides;
  std::uint8_t source = 0;         ///< the side that opened the conversation
  bool source_is_certain = false;  ///< decided by a SYN, no longer by who spoke first
  bool answered = false;           ///< both sides have spoken, maybe in an earlier row
  std::uint8_t icmp_type = 0;      ///< of the first packet
  std::uint8_t icmp_code = 0;
};

/// The conversations in progress, found by key and kept in order of their last packet.
///
/// Holds at most `most_flows`; the caller makes room. Memory grows with the most conversations ever
/// open at once and is then reused: nothing is allocated per packet. Positions are spread by
/// `seed`, so that a sender who does not know it cannot aim at one place; the order of flows never
/// depends on it. Handles stay valid until their flow is removed.
class FlowTable {
 public:
  using Handle = std::uint32_t;

  FlowTable(std::size_t most_flows, std::uint64_t seed);

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool full() const { return size_ == most_flows_; }
  [[nodiscard]] OpenFlow& operator[](Handle handle) { return nodes_[handle].flow; }

  [[nodiscard]] std::optional<Handle> find(const FlowKey& key) const;
  /// Adds a flow whose key is not in the table, as the newest. The table must not be full.
  Handle insert(const FlowKey& key);
  /// Moves a flow to the newest end.
  void touch(Handle handle);
  /// The flow that has been without a packet for longest.
  [[nodiscard]] std::optional<Handle> oldest() const;
  void remove(Handle handle);

 private:
  static constexpr Handle kNone = UINT32_MAX;
  /// Two cache lines, and its neighbours in time are kept apart from it: with many flows open each
  /// packet waits for memory, and moving a flow in time must not fetch two others.
  struct alignas(64) Node {
    OpenFlow flow;
    std::uint32_t hash = 0;
  };
  static_assert(sizeof(Node) == 128);
  struct Neighbours {
    Handle older = kNone;
    Handle newer = kNone;  ///< for an unused node, the next unused one
  };
  struct Slot {
    Handle handle = kNone;
    std::uint32_t hash = 0;
  };

  [[nodiscard]] std::uint32_t hash_of(const FlowKey& key) const {
    return static_cast<std::uint32_t>(key.hash(seed_) >> 32);
  }
  void place(Slot slot);
  void grow_slots();
  void link_as_newest(Handle handle);
  void unlink(Handle handle);

  std::size_t most_flows_;
  std::uint64_t seed_;
  std::size_t size_ = 0;
  std::vector<Node> nodes_;
  std::vector<Neighbours> neighbours_;  ///< of each node, in order of their last packet
  std::vector<Slot> slots_;             ///< open addressing, a power of two, at most half full
  Handle unused_ = kNone;
  Handle oldest_ = kNone;
  Handle newest_ = kNone;
};

}  // namespace noroshi
