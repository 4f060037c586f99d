#pragma once

#include <array>
#include <cstdint>

#include "decode/statistics.h"

namespace noroshi {

/// Follows the sequence numbers of one exporter session, modulo 2^32, and tells lost units from
/// reordered datagrams and from an exporter that began again (RFC 7011 §3.1, RFC 3954 §5.1).
///
/// What a unit is depends on the protocol: records for NetFlow v5 and IPFIX, datagrams for v9 and
/// sFlow. A gap forward of at most kLargestGap counts as lost; a datagram that then turns up late
/// takes its units back. A step back of at most kReorderWindow is reordering; anything else is a
/// reset, which loses nothing.
///
/// Deviation: by RFC 7011 §3.1 a number counts the data records sent before its message, those of
/// options too. softflowd counts the records of the message as well, and leaves options out, which
/// looks like loss and reordering wherever the size of messages changes. When kConvincing messages
/// in a row fit only when read so, the session is read so, and what was counted wrongly is taken
/// back; and the other way round.
class SequenceTracker {
 public:
  static constexpr std::uint32_t kLargestGap = 1u << 20;
  static constexpr std::uint32_t kReorderWindow = 1u << 12;
  static constexpr unsigned kConvincing = 4;

  /// What a datagram changed; negative where it shows that less happened than was thought.
  struct Step {
    std::int64_t lost = 0;  ///< units found missing
    std::int64_t reordered = 0;
    std::int64_t resets = 0;

    friend Step operator-(const Step& a, const Step& b) {
      return {a.lost - b.lost, a.reordered - b.reordered, a.resets - b.resets};
    }
  };

  /// `sequence` is the number in the header, `units` how much this datagram advances it;
  /// `of_options` of these are records of options.
  Step observe(std::uint32_t sequence, std::uint32_t units, std::uint32_t of_options = 0);

  /// Forgets which number should come next, and nothing else: for after a datagram whose units
  /// could not all be counted.
  void lose_track();

 private:
  /// Follows numbers that count what was sent before.
  class Follower {
   public:
    void observe(std::uint32_t sequence, std::uint32_t units);
    void lose_track() { started_ = false; }
    [[nodiscard]] const Step& totals() const { return totals_; }
    /// True where nothing is missing before such a number.
    [[nodiscard]] bool expects(std::uint32_t sequence) const {
      return started_ && sequence == expected_;
    }

   private:
    bool started_ = false;
    std::uint32_t expected_ = 0;
    std::uint64_t missing_ = 0;  // lost and not yet turned up: bounds what reordering takes back
    Step totals_;
  };

  void prove();

  std::array<Follower, 2> readings_;  // as RFC 7011 has it; as softflowd has it
  std::size_t chosen_ = 0;
  unsigned against_ = 0;        // messages in a row that make sense only in the other reading
  std::array<Step, 2> proven_;  // their totals when the chosen one last was the only one to fit
};

/// Adds a step to what an exporter's statistics count; `lost` is the member that counts units of
/// this kind. What is taken back from statistics younger than its count leaves 0.
void count(const SequenceTracker::Step& step, std::uint64_t DecodeStatistics::*lost,
           DecodeStatistics& statistics);

}  // namespace noroshi
