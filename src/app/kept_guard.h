#pragma once

#include <memory>

#include "app/config.h"
#include "app/kept_office.h"
#include "base/result.h"
#include "guard/guard.h"

namespace noroshi {

/// The guard of a configuration, over an office that outlives it: what it permits and refuses is
/// known there, and reads for a case are narrowed to what that says.
[[nodiscard]] Result<std::unique_ptr<Guard>> open_guard(KeptOffice& office, const Config& config);
/// Takes the office's policy and other ranges over; on an error the old ones stay.
Status reload_guard(Guard& guard, const KeptOffice& office, const Config& config);

/// The same with an office of its own, for a command that opens the store itself.
class KeptGuard {
 public:
  [[nodiscard]] static Result<std::unique_ptr<KeptGuard>> open(const Config& config);

  [[nodiscard]] Guard& guard() { return *guard_; }
  [[nodiscard]] GuardOffice& office() { return office_->office(); }

 private:
  explicit KeptGuard(std::unique_ptr<KeptOffice> office) : office_(std::move(office)) {}

  std::unique_ptr<KeptOffice> office_;
  std::unique_ptr<Guard> guard_;
};

}  // namespace noroshi
