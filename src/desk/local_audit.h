#pragma once

#include <functional>
#include <optional>
#include <string>

#include "desk/audit_desk.h"
#include "guard/audit/audit.h"
#include "guard/audit/upkeep.h"

namespace noroshi {

/// The audit of this machine. Thread-safe.
///
/// With `running`, of a process that has it open: what is asked goes through that. Without, the
/// files are read as they stand, and opened only for what must be written.
class LocalAudit final : public AuditDesk {
 public:
  struct Running {
    Audit& audit;
    AuditUpkeep& upkeep;
  };
  struct Config {
    Audit::Config audit;
    AuditUpkeep::Config upkeep;
    std::string who;  ///< account of the person who asks
  };
  LocalAudit(Config config, std::optional<Running> running)
      : config_(std::move(config)), running_(running) {}

  Status list(const AuditQuery& query, const PieceSink& sink) override;
  Result<std::string> verify() override;
  Status write_bundle(const AuditSpan& span, const PieceSink& sink) override;
  Result<std::string> stamp() override;

 private:
  [[nodiscard]] std::function<AuditEnd()> end() const;
  [[nodiscard]] Result<std::uint64_t> record(Audit& audit, AuditEntry entry) const;

  const Config config_;
  const std::optional<Running> running_;
};

}  // namespace noroshi
