#include "guard/audit/moment.h"

#include <time.h>

#include <chrono>
#include <fstream>

// Door (in): the clock and the id of this boot. Guard: no data.

namespace noroshi {

AuditMoment system_moment() {
  AuditMoment moment;
  moment.time =
      std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  timespec since_boot{};
  ::clock_gettime(CLOCK_BOOTTIME, &since_boot);
  moment.uptime_milliseconds = static_cast<std::uint64_t>(since_boot.tv_sec) * 1000 +
                               static_cast<std::uint64_t>(since_boot.tv_nsec) / 1'000'000;
  static const std::string boot = [] {
    std::string id;
    std::getline(std::ifstream("/proc/sys/kernel/random/boot_id"), id);
    return id.empty() ? std::string("unknown") : id;
  }();
  moment.boot = boot;
  return moment;
}

}  // namespace noroshi
