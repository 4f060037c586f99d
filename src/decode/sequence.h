#pragma once

#include <cstdint>

namespace noroshi {

/// Follows the sequence numbers of one exporter session, modulo 2^32, and tells lost units from
/// reordered datagrams and from an exporter that began again (RFC 7011 §3.1, RFC 3954 §5.1).
///
/// What a unit is depends on the protocol: records for NetFlow v5 and IPFIX, datagrams for v9 and
/// sFlow. A gap forward of at most kLargestGap counts as lost; a datagram that then turns up late
/// takes its units back. A step back of at most kReorderWindow is reordering; anything else is a
/// reset, which loses nothing.
class SequenceTracker {
 public:
  static constexpr std::uint32_t kLargestGap = 1u << 20;
  static constexpr std::uint32_t kReorderWindow = 1u << 12;

  struct Step {
    std::int64_t lost = 0;  ///< units found missing; negative when late ones arrived after all
    bool reordered = false;
    bool reset = false;
  };

  /// `sequence` is the number in the header, `units` how much this datagram advances it.
  Step observe(std::uint32_t sequence, std::uint32_t units);

 private:
  bool started_ = false;
  std::uint32_t expected_ = 0;
  std::uint64_t missing_ = 0;  // lost and not yet turned up: bounds what reordering may take back
};

}  // namespace noroshi
