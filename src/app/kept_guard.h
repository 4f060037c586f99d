#pragma once

#include <memory>

#include "app/config.h"
#include "base/result.h"
#include "guard/audit/audit.h"
#include "guard/guard.h"

namespace noroshi {

/// The guard of a configuration, over an audit that is open and outlives it.
[[nodiscard]] Result<std::unique_ptr<Guard>> open_guard(Audit& audit, const Config& config);
/// Takes another policy and other ranges over; on an error the old ones stay.
Status reload_guard(Guard& guard, const Config& config);

/// The same with the audit of its own, for a command that opens the store itself. One process has
/// an audit open at a time: kUnavailable where another has.
class KeptGuard {
 public:
  [[nodiscard]] static Result<std::unique_ptr<KeptGuard>> open(const Config& config);

  [[nodiscard]] Guard& guard() { return *guard_; }

 private:
  explicit KeptGuard(std::unique_ptr<Audit> audit) : audit_(std::move(audit)) {}

  std::unique_ptr<Audit> audit_;
  std::unique_ptr<Guard> guard_;
};

}  // namespace noroshi
