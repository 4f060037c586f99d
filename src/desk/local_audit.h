#pragma once

#include <memory>
#include <optional>
#include <string>

#include "desk/audit_desk.h"
#include "guard/audit/audit.h"
#include "guard/audit/upkeep.h"
#include "guard/policy/policy.h"

namespace noroshi {

/// The audit of this machine, for whom the policy lets oversee it; who is refused and who reads is
/// itself on the record. Thread-safe.
///
/// With `running`, of a process that has it open: what is asked goes through that. Without, the
/// files are read as they stand, and opened only for what must be written. A broken chain takes no
/// entry: it is read and leaves unrecorded, because it is what must be seen.
class LocalAudit final : public AuditDesk {
 public:
  struct Running {
    Audit& audit;
    AuditUpkeep& upkeep;
  };
  struct Config {
    Audit::Config audit;
    AuditUpkeep::Config upkeep;
    std::string who;    ///< account of the person who asks
    std::string owner;  ///< account that the state belongs to
    std::shared_ptr<const Policy> policy;
  };
  LocalAudit(Config config, std::optional<Running> running)
      : config_(std::move(config)), running_(running) {}

  /// Up to the moment of asking: the entry that says so is not in it.
  Status list(const AuditQuery& query, const PieceSink& sink) override;
  Result<std::string> verify() override;
  /// kNotFound where no entry is in that time.
  Status write_bundle(const AuditSpan& span, const PieceSink& sink) override;
  Result<std::string> stamp() override;

 private:
  /// The audit, to be written to for as long as this lives; nothing where its chain is broken.
  struct Writable {
    std::unique_ptr<Audit> opened;
    Audit* audit = nullptr;
  };
  [[nodiscard]] Result<Writable> writable() const;
  [[nodiscard]] Status check(OversightAct act) const;
  [[nodiscard]] Result<std::uint64_t> record(Audit& audit, AuditEntry entry) const;

  const Config config_;
  const std::optional<Running> running_;
};

}  // namespace noroshi
