#pragma once

#include <cstdint>

#include "base/time.h"

namespace noroshi {

/// The clock of one export message: what its header says, and which flow times may stand beside it.
///
/// All values are milliseconds since 1970, as columns hold them. Flow times are judged against the
/// exporter's own clock, because recordings are replayed years later: a flow may end up to a day
/// after its export (clocks step) and begin up to a year before it (long connections). A header
/// that claims a moment before 2000 or after 2100 has no clock at all; then arrival stands in.
class ExportTime {
 public:
  static constexpr std::uint64_t kLatestAhead = 86'400'000;
  static constexpr std::uint64_t kEarliestBehind = 366 * 86'400'000ull;

  ExportTime(std::uint64_t header_milliseconds, Timestamp received)
      : received_(to_unix_milliseconds(received)),
        clock_refused_(!plausible(header_milliseconds) && received_ != 0),
        reference_(clock_refused_ ? received_ : header_milliseconds) {}

  [[nodiscard]] std::uint64_t received() const { return received_; }
  /// The export time, or arrival where the header has none.
  [[nodiscard]] std::uint64_t reference() const { return reference_; }
  /// The header's own clock was refused, and with it every time it is the measure of.
  [[nodiscard]] bool clock_refused() const { return clock_refused_; }
  [[nodiscard]] std::uint64_t earliest() const {
    return reference_ > kEarliestBehind ? reference_ - kEarliestBehind : 0;
  }

  /// The moment at which the exporter's uptime counter stood at `uptime` milliseconds, given that
  /// it stands at `now_uptime` at export. The difference is taken as a signed 32-bit number, so
  /// that the counter may wrap (every 49.7 days) and a flow may even end after its export.
  [[nodiscard]] std::uint64_t at_uptime(std::uint32_t now_uptime, std::uint32_t uptime) const {
    const auto age = static_cast<std::int32_t>(now_uptime - uptime);
    return reference_ - static_cast<std::uint64_t>(static_cast<std::int64_t>(age));
  }

  [[nodiscard]] static bool plausible(std::uint64_t milliseconds) {
    return milliseconds >= 946'684'800'000ull && milliseconds < 4'102'444'800'000ull;
  }

 private:
  std::uint64_t received_;
  bool clock_refused_;
  std::uint64_t reference_;
};

/// When an exporter's uptime counter stood at zero, modulo 2^32 ms, for IPFIX exporters, whose
/// headers do not say. Element 160 says it, in records or options. Exporters that use elements
/// 21/22 and never announce 160 (MikroTik, Barracuda) are measured instead: no flow ends after its
/// export, so the latest start that any message allows is taken. Spacing between flows is then
/// exact and their common offset too late by at most the exporter's delay.
class SystemStart {
 public:
  struct State {
    bool announced = false;
    bool measured = false;
    std::uint32_t start = 0;

    friend bool operator==(const State&, const State&) = default;
  };

  void announce(std::uint64_t milliseconds) {
    announced_ = true;
    start_ = static_cast<std::uint32_t>(milliseconds);
  }
  [[nodiscard]] bool announced() const { return announced_; }

  /// Learns from a message exported at `reference` whose latest flow ended at uptime `latest`.
  void observe(std::uint64_t reference, std::uint32_t latest) {
    if (announced_) return;
    const auto candidate = static_cast<std::uint32_t>(reference) - latest;
    const auto later = static_cast<std::int32_t>(candidate - start_);
    if (!measured_ || later < 0 || later > kRestart) start_ = candidate;
    measured_ = true;
  }

  /// The uptime counter at `reference`.
  [[nodiscard]] std::uint32_t uptime_at(std::uint64_t reference) const {
    return static_cast<std::uint32_t>(reference) - start_;
  }

  /// To be kept over a restart of ours, and taken back.
  [[nodiscard]] State save() const { return {announced_, measured_, start_}; }
  void restore(const State& state) {
    announced_ = state.announced;
    measured_ = state.measured;
    start_ = state.start;
  }

 private:
  static constexpr std::int32_t kRestart = 2 * 3'600'000;  // further than any flow is exported late

  bool announced_ = false;
  bool measured_ = false;
  std::uint32_t start_ = 0;
};

}  // namespace noroshi
