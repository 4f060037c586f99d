#pragma once

#include <map>
#include <optional>
#include <string>
#include <tuple>

#include "guard/audit/entry.h"
#include "guard/report/monthly_report.h"
#include "guard/retention/deletion.h"

namespace noroshi {

/// Gathers what the audit says of a month. Its lists are bounded: whoever fills the audit with
/// refusals makes the report no longer than that.
class MonthCollector {
 public:
  static constexpr std::size_t kMostListed = 1000;

  explicit MonthCollector(ReportMonth month);

  /// To be given every entry of the chain in its order, those of other months too.
  void add(const RecordedEntry& recorded);
  /// The report, without what is not in the entries.
  [[nodiscard]] MonthlyReport finish();

 private:
  using ReadKey = std::pair<std::string, std::string>;  // purpose, account
  using RefusalKey = std::tuple<std::string, std::string, std::string, std::string>;

  void add_read(const RecordedEntry& recorded);
  void add_answer(const AuditEntry& entry);
  void add_refusal(const AuditEntry& entry);
  void add_reveal(const RecordedEntry& recorded, bool in_month);
  /// Its place in the list; none when the list is full.
  std::optional<std::size_t> add_event(const RecordedEntry& recorded,
                                       std::vector<ReportedEvent>& list, const std::string& name);
  void add_deletions();

  MonthlyReport report_;
  std::map<ReadKey, ReportedReads> reads_;
  std::map<std::string, ReadKey> open_;  // permitted reads without an answer, by grant
  std::map<RefusalKey, std::uint64_t> refusals_;
  std::map<std::string, std::size_t> open_exports_;  // by grant, else by sequence
  struct Reveal {
    ReportedReveal reveal;
    bool in_month = false;
  };
  std::map<std::string, Reveal> reveals_;  // by request
  DeletionList deletions_;
};

}  // namespace noroshi
