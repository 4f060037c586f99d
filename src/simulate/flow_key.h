#pragma once

#include <cstdint>

#include "model/flow_batch.h"
#include "simulate/exchange.h"

namespace noroshi::simulate {

/// The packets of an exchange in one direction: who sends to whom, and from when.
struct OneDirection {
  explicit OneDirection(const Exchange& exchange, bool up);

  struct Key {
    IpAddress source;
    IpAddress destination;
    std::uint16_t source_port = 0;
    std::uint16_t destination_port = 0;
    std::uint8_t protocol = 0;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct Hash {
    using is_avalanching = void;  // as it is mixed well
    std::size_t operator()(const Key& flow) const;
  };

  Key key;
  bool from_line;  ///< from the subscriber's side of the router
  std::uint64_t start;
  std::uint64_t duration;
  std::span<const PacketGroup> groups;

  /// When the packet with this index in its group passes, ms since 1970.
  [[nodiscard]] std::uint64_t time_of(const PacketGroup& group, std::uint64_t index) const;
};

/// What was metered for a key.
struct Metered {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
  std::uint8_t tcp_flags = 0;
  bool from_line = false;
};

/// Appends one row: addresses, counts, the router's interfaces (10 towards subscribers, 1 towards
/// the Internet) and private AS numbers. `exported` is when the router lets go of it, the row's
/// `received`.
void append_row(FlowBatch& rows, const OneDirection::Key& key, const Metered& metered,
                std::uint32_t sampling_rate, std::uint8_t end_reason, std::uint64_t exported);

}  // namespace noroshi::simulate
