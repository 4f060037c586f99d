#include "guard/office.h"

#include <fmt/format.h>

#include <utility>

#include "guard/cases/entitlement.h"
#include "guard/recall.h"

namespace noroshi {

GuardOffice::GuardOffice(Config config, Dependencies dependencies, Policy policy,
                         std::unique_ptr<Audit> audit, std::unique_ptr<Database> ledger)
    : config_(std::move(config)),
      dependencies_(std::move(dependencies)),
      policy_(std::make_shared<const Policy>(std::move(policy))),
      audit_(std::move(audit)),
      ledger_(std::move(ledger)),
      filing_({config_.folder}, filing_dependencies()),
      cases_(case_dependencies()),
      reveals_({}, reveal_dependencies()) {}
GuardOffice::~GuardOffice() = default;

Result<std::unique_ptr<GuardOffice>> GuardOffice::open(Config config, Dependencies dependencies) {
  auto policy = TRY(policy_in_force(config.policy));
  std::error_code error;
  std::filesystem::create_directories(config.folder, error);
  if (!error) std::filesystem::permissions(config.folder, std::filesystem::perms::owner_all, error);
  if (error)
    return failure(ErrorCode::kIo, fmt::format("{}: {}", config.folder.string(), error.message()));
  Audit::Config audit_config;
  audit_config.folder = config.folder / "audit";
  audit_config.node = config.node;
  audit_config.subscribers = config.subscribers;
  // First of all: its lock is the lock of the folder.
  auto audit = TRY(Audit::open(std::move(audit_config)));
  auto ledger =
      TRY(Database::open({(config.folder / "ledger.sqlite").string()}, ledger_migrations()));
  std::unique_ptr<GuardOffice> office(new GuardOffice(std::move(config), std::move(dependencies),
                                                      std::move(policy), std::move(audit),
                                                      std::move(ledger)));
  TRY(recall_audit(office->audit_->folder(), office->audit_->end(),
                   [&office](const RecordedEntry& recorded) {
                     office->filing_.recall(recorded);
                     office->chronicle_.recall(recorded.entry, recorded.moment.time);
                   }));
  return office;
}

Status GuardOffice::replace(const Config& config) {
  auto policy = std::make_shared<const Policy>(TRY(policy_in_force(config.policy)));
  audit_->set_subscribers(config.subscribers);
  const std::lock_guard lock(mutex_);
  policy_ = std::move(policy);
  config_.policy = config.policy;
  config_.subscribers = config.subscribers;
  config_.vocabulary = config.vocabulary;
  return {};
}

Status GuardOffice::append(AuditEntry entry) {
  const auto now = dependencies_.now();
  TRY(audit_->append(entry));
  chronicle_.recall(entry, now);
  return {};
}

std::shared_ptr<const Policy> GuardOffice::policy() const {
  const std::lock_guard lock(mutex_);
  return policy_;
}

Result<Condition> GuardOffice::read_filter(std::string_view text) const {
  const std::lock_guard lock(mutex_);
  return parse_filter(text, config_.vocabulary, dependencies_.now());
}

FilingKeeper::Dependencies GuardOffice::filing_dependencies() {
  return {[this](AuditEntry entry) { return append(std::move(entry)); },
          {[this](std::string_view purpose) { return policy()->find_purpose(purpose) != nullptr; },
           [this](std::string_view account) { return responsible_person(*policy(), account); }},
          dependencies_.now};
}

CaseBook::Dependencies GuardOffice::case_dependencies() {
  return {*ledger_,
          chronicle_,
          [this](AuditEntry entry) { return append(std::move(entry)); },
          [this] { return policy(); },
          dependencies_.now,
          [this](std::string_view text) { return read_filter(text); }};
}

RevealBook::Dependencies GuardOffice::reveal_dependencies() {
  return {*ledger_,
          cases_,
          chronicle_,
          [this](AuditEntry entry) { return append(std::move(entry)); },
          [this] { return policy(); },
          dependencies_.now,
          dependencies_.address_of,
          dependencies_.keyed_hash};
}

}  // namespace noroshi
