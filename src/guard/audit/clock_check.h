#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "guard/audit/finding.h"
#include "guard/audit/line.h"

namespace noroshi {

/// Whether the times of entries can be: within one boot wall time must go on as the monotonic clock
/// does, and from one boot to the next it must not go back.
class ClockCheck {
 public:
  /// What is tolerated: two seconds, and of what passed meanwhile a thousandth, as clocks drift and
  /// are disciplined (NTP slews by half that at most).
  static constexpr std::chrono::milliseconds kTolerance{2000};
  static constexpr std::int64_t kDriftDivisor = 1000;

  explicit ClockCheck(AuditFindings& findings) : findings_(findings) {}
  void entry(const AuditLine& line, const AuditPlace& place);
  /// The next entry does not follow the last one.
  void interrupted() { last_.reset(); }

 private:
  struct Moment {
    std::uint64_t sequence = 0;
    std::int64_t time = 0;    // ms
    std::int64_t uptime = 0;  // ms
    std::string boot;
  };
  /// What wall time gained on the monotonic clock, beyond what is tolerated; else 0.
  [[nodiscard]] static std::int64_t gained(const Moment& from, const AuditLine& to);
  void tell(const AuditLine& line, const AuditPlace& place, std::int64_t milliseconds);

  AuditFindings& findings_;
  std::optional<Moment> last_;
  std::optional<Moment> anchor_;  // the first of the boot, or after the clock was last set
};

}  // namespace noroshi
