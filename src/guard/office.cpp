#include "guard/office.h"

#include <fmt/format.h>

#include <utility>

#include "guard/cases/entitlement.h"
#include "guard/recall.h"

namespace noroshi {

GuardOffice::GuardOffice(Config config, Dependencies dependencies, std::unique_ptr<Database> ledger)
    : config_(std::move(config)),
      dependencies_(std::move(dependencies)),
      ledger_(std::move(ledger)),
      filing_({config_.folder}, filing_dependencies()),
      cases_(case_dependencies()),
      reveals_({}, reveal_dependencies()) {}
GuardOffice::~GuardOffice() = default;

Result<std::unique_ptr<GuardOffice>> GuardOffice::open(Config config, Dependencies dependencies) {
  auto ledger =
      TRY(Database::open({(config.folder / "ledger.sqlite").string()}, ledger_migrations()));
  const auto& audit = dependencies.audit;
  std::unique_ptr<GuardOffice> office(
      new GuardOffice(std::move(config), std::move(dependencies), std::move(ledger)));
  TRY(recall_audit(audit.folder(), audit.end(), [&office](const RecordedEntry& recorded) {
    office->filing_.recall(recorded);
    office->chronicle_.recall(recorded.entry, recorded.moment.time);
  }));
  return office;
}

void GuardOffice::replace(const Config& config) {
  const std::lock_guard lock(mutex_);
  config_.subscribers = config.subscribers;
  config_.vocabulary = config.vocabulary;
}

Result<std::uint64_t> GuardOffice::append(AuditEntry entry) {
  const auto now = dependencies_.now();
  const auto sequence = TRY(dependencies_.audit.append(entry));
  chronicle_.recall(entry, now);
  return sequence;
}

Result<Condition> GuardOffice::read_filter(std::string_view text) const {
  const std::lock_guard lock(mutex_);
  return parse_filter(text, config_.vocabulary, dependencies_.now());
}

std::function<Status(AuditEntry)> GuardOffice::appender() {
  return [this](AuditEntry entry) -> Status {
    TRY(append(std::move(entry)));
    return {};
  };
}

FilingKeeper::Dependencies GuardOffice::filing_dependencies() {
  return {appender(),
          {[this](std::string_view purpose) { return policy()->find_purpose(purpose) != nullptr; },
           [this](std::string_view account) { return responsible_person(*policy(), account); }},
          dependencies_.now};
}

CaseBook::Dependencies GuardOffice::case_dependencies() {
  return {*ledger_,          chronicle_,
          appender(),        [this] { return policy(); },
          dependencies_.now, [this](std::string_view text) { return read_filter(text); }};
}

RevealBook::Dependencies GuardOffice::reveal_dependencies() {
  return {*ledger_,
          cases_,
          chronicle_,
          appender(),
          [this] { return policy(); },
          dependencies_.now,
          dependencies_.address_of,
          dependencies_.keyed_hash};
}

}  // namespace noroshi
