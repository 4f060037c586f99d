#include "app/kept_guard.h"

#include <chrono>
#include <utility>

namespace noroshi {
namespace {

Timestamp wall_clock() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

}  // namespace

Result<std::unique_ptr<Guard>> open_guard(KeptOffice& office, const Config& config) {
  return Guard::open(
      {*office.policy(), config.subscribers},
      {.record = [&office](AuditEntry entry) { return office.office().append(std::move(entry)); },
       .now = wall_clock,
       .cases = &office.office().cases()});
}

Status reload_guard(Guard& guard, const KeptOffice& office, const Config& config) {
  return guard.replace({*office.policy(), config.subscribers});
}

Result<std::unique_ptr<KeptGuard>> KeptGuard::open(const Config& config) {
  std::unique_ptr<KeptGuard> kept(new KeptGuard(TRY(KeptOffice::open(config))));
  kept->guard_ = TRY(open_guard(*kept->office_, config));
  return kept;
}

}  // namespace noroshi
