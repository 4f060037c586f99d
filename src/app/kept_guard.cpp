#include "app/kept_guard.h"

#include <chrono>
#include <utility>

#include "app/running_audit.h"

namespace noroshi {
namespace {

Timestamp wall_clock() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

}  // namespace

Result<std::unique_ptr<Guard>> open_guard(Audit& audit, const Config& config) {
  return Guard::open(
      {TRY(policy_in_force(config.guard.policy)), config.subscribers},
      {.record = [&audit](AuditEntry entry) { return audit.append(std::move(entry)); },
       .now = wall_clock,
       .cases = nullptr});
}

Status reload_guard(Guard& guard, const Config& config) {
  return guard.replace({TRY(policy_in_force(config.guard.policy)), config.subscribers});
}

Result<std::unique_ptr<KeptGuard>> KeptGuard::open(const Config& config) {
  std::unique_ptr<KeptGuard> kept(new KeptGuard(TRY(Audit::open(audit_config_of(config).audit))));
  kept->guard_ = TRY(open_guard(*kept->audit_, config));
  return kept;
}

}  // namespace noroshi
