#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/bilingual.h"
#include "base/result.h"
#include "base/time.h"
#include "guard/audit/audit.h"
#include "guard/audit/verify.h"
#include "guard/filing/check.h"
#include "guard/filing/keeper.h"
#include "guard/policy/policy.h"
#include "guard/pseudonym/key_act.h"
#include "guard/retention/holds.h"
#include "pipeline/upkeep.h"

namespace noroshi {

/// What an officer wants in the hand.
struct ReportOrder {
  enum class Format : std::uint8_t { kHtml, kPdf, kJson };
  std::string month;  ///< "2026-11"
  Language language = Language::kEnglish;
  Format format = Format::kHtml;
};
[[nodiscard]] Result<ReportOrder> report_order_from_json(std::string_view text);
[[nodiscard]] std::string to_json(const ReportOrder& order);
[[nodiscard]] Result<KeyAct> key_act_from_json(std::string_view text);
[[nodiscard]] std::string to_json(const KeyAct& act);

/// What people who oversee the guard ask: what is kept for how long, what was deleted, and the
/// month's report. One implementation for the daemon and for commands that open the state
/// themselves.
///
/// Thread-safe if its dependencies are.
class OversightDesk {
 public:
  struct Dependencies {
    Audit& audit;
    /// Writes to the audit; returns when it is on disk.
    std::function<Status(AuditEntry)> record{};
    /// Verifies the whole chain.
    std::function<Result<AuditVerification>()> verify{};
    std::function<Result<std::shared_ptr<const Policy>>()> policy{};
    std::function<std::optional<FilingKeeper::InForce>()> filing{};  ///< absent: none is in force
    /// What is measured of what is collected under a filed purpose.
    std::function<FilingMeasures(const std::string& purpose)> measures{};
    bool measures_flows = false;  ///< somebody collects: `measures` knows the flows a second
    HoldSource holds{};
    /// kUnavailable where no history is kept.
    std::function<Result<RetentionState>()> retention{};
    std::function<Timestamp()> now{};
    std::string owner{};  ///< the account that the state belongs to
  };
  explicit OversightDesk(Dependencies dependencies) : dependencies_(std::move(dependencies)) {}

  /// "retention/plan" and "retention/history": JSON of docs/reference/retention.md. "report": a
  /// file, its ReportOrder as JSON in `body`. "key": takes the KeyAct in `body` down, for the owner
  /// of the state alone, who may touch the keys.
  ///
  /// For accounts that the policy lets oversee; else kPermission. Who was refused, and who was
  /// answered, is on the record, of a report with the file's hash.
  [[nodiscard]] Result<std::string> answer(std::string_view verb, const std::string& body,
                                           const std::string& account) const;
  [[nodiscard]] static bool knows(std::string_view verb);

 private:
  [[nodiscard]] Result<std::string> retention_plan() const;
  [[nodiscard]] Result<std::string> deletions() const;
  [[nodiscard]] Result<std::string> report(const ReportOrder& order,
                                           const std::string& account) const;
  [[nodiscard]] Result<std::string> record_key(const KeyAct& act, const std::string& account) const;

  Dependencies dependencies_;
};

}  // namespace noroshi
