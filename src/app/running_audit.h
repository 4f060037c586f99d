#pragma once

#include <functional>
#include <memory>
#include <string>

#include "app/config.h"
#include "base/result.h"
#include "desk/local_audit.h"
#include "guard/audit/audit.h"
#include "guard/audit/upkeep.h"

namespace noroshi {

/// Where a configuration keeps its audit, and how.
[[nodiscard]] LocalAudit::Config audit_config_of(const Config& config);

/// What a daemon's audit needs from its start to its stop: both are entries of it.
class RunningAudit {
 public:
  struct Dependencies {
    Audit& audit;  ///< open
    /// "time stamp failed", and why; from any thread.
    std::function<void(const std::string& what, const std::string& why)> report;
  };

  /// Records the start, with the version and the hash of the configuration, and keeps the audit
  /// verified and time-stamped from then on.
  [[nodiscard]] static Result<std::unique_ptr<RunningAudit>> start(const Config& config,
                                                                   Dependencies dependencies);
  /// Records the end.
  ~RunningAudit();

  /// Records another configuration.
  Status reload(const Config& config);

  /// Verifies the whole chain.
  [[nodiscard]] Result<AuditVerification> verify() { return upkeep_->verify(); }
  [[nodiscard]] AuditUpkeep::Statistics upkeep() const { return upkeep_->statistics(); }
  /// The desk for somebody who asks, as far as that policy lets them.
  [[nodiscard]] std::unique_ptr<AuditDesk> desk_for(const std::string& account,
                                                    std::shared_ptr<const Policy> policy);

 private:
  RunningAudit(LocalAudit::Config config, Dependencies dependencies,
               std::unique_ptr<AuditUpkeep> upkeep);

  const LocalAudit::Config config_;
  const Dependencies dependencies_;
  std::unique_ptr<AuditUpkeep> upkeep_;
};

}  // namespace noroshi
