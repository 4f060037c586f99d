#include "guard/audit/clock_check.h"

#include <fmt/format.h>

#include <cstdlib>

namespace noroshi {
namespace {

std::int64_t milliseconds(const AuditLine& line) { return line.time.time_since_epoch().count(); }

}  // namespace

std::int64_t ClockCheck::gained(const Moment& from, const AuditLine& to) {
  const auto uptime = static_cast<std::int64_t>(to.uptime_milliseconds) - from.uptime;
  const auto gain = milliseconds(to) - from.time - uptime;
  const auto tolerated = kTolerance.count() + std::max<std::int64_t>(uptime, 0) / kDriftDivisor;
  return std::abs(gain) > tolerated ? gain : 0;
}

void ClockCheck::tell(const AuditLine& line, const AuditPlace& place, std::int64_t gain) {
  const double seconds = static_cast<double>(std::abs(gain)) / 1000;
  findings_.add({AuditFault::kClock, line.sequence, line.sequence, place.to_string(),
                 fmt::format("the clock went {} by {:.1f} s before entry {}",
                             gain < 0 ? "back" : "ahead", seconds, line.sequence),
                 fmt::format("エントリ {} の前に時計が {:.1f} 秒{}", line.sequence, seconds,
                             gain < 0 ? "戻されています" : "進められています")});
}

void ClockCheck::entry(const AuditLine& line, const AuditPlace& place) {
  const bool same_boot = last_ && last_->boot == line.boot;
  std::int64_t gain = 0;
  if (last_ && !same_boot) {
    gain = milliseconds(line) - last_->time;
    if (gain >= -kTolerance.count()) gain = 0;
  } else if (last_) {
    const auto uptime = static_cast<std::int64_t>(line.uptime_milliseconds);
    if (uptime < last_->uptime)
      findings_.add({AuditFault::kClock, line.sequence, line.sequence, place.to_string(),
                     fmt::format("the monotonic clock went back by {} ms before entry {}",
                                 last_->uptime - uptime, line.sequence),
                     fmt::format("エントリ {} の前に単調時計が {} ミリ秒戻っています",
                                 line.sequence, last_->uptime - uptime)});
    gain = gained(*last_, line);
    // Many small steps are one large one.
    if (gain == 0 && anchor_) gain = gained(*anchor_, line);
  }
  if (gain != 0) tell(line, place, gain);
  if (last_ && same_boot) {
    last_->sequence = line.sequence;
    last_->time = milliseconds(line);
    last_->uptime = static_cast<std::int64_t>(line.uptime_milliseconds);
  } else {
    last_ = Moment{line.sequence, milliseconds(line),
                   static_cast<std::int64_t>(line.uptime_milliseconds), std::string(line.boot)};
  }
  if (gain != 0 || !same_boot) anchor_ = last_;
}

}  // namespace noroshi
