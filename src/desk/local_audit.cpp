#include "desk/local_audit.h"

#include <fmt/format.h>

#include <memory>
#include <utility>

#include "desk/audit_json.h"
#include "guard/oversight.h"

namespace noroshi {
namespace {

std::string words_of(const AuditSpan& span) {
  return fmt::format("audit from {} to {}", span.from ? to_rfc3339(*span.from) : "the beginning",
                     span.to ? to_rfc3339(*span.to) : "the end");
}

}  // namespace

Result<LocalAudit::Writable> LocalAudit::writable() const {
  Writable writable;
  if (running_) {
    writable.audit = &running_->audit;
    return writable;
  }
  auto audit = Audit::open(config_.audit);
  if (!audit && audit.error().code != ErrorCode::kMalformed) return tl::unexpected(audit.error());
  if (audit) writable.opened = std::move(*audit);
  writable.audit = writable.opened.get();
  return writable;
}

Status LocalAudit::check(OversightAct act) const {
  const auto written = [this](AuditEntry entry) -> Status {
    const auto writable = TRY(this->writable());
    if (writable.audit != nullptr) TRY(record(*writable.audit, std::move(entry)));
    return {};
  };
  const Policy none;
  return check_oversight(config_.policy == nullptr ? none : *config_.policy,
                         {config_.who, config_.owner}, act, written);
}

Result<std::uint64_t> LocalAudit::record(Audit& audit, AuditEntry entry) const {
  entry.who = config_.who;
  return audit.append(std::move(entry));
}

Status LocalAudit::list(const AuditQuery& query, const PieceSink& sink) {
  TRY(check(OversightAct::kReadAudit));
  const auto writable = TRY(this->writable());
  if (writable.audit == nullptr) return list_audit(config_.audit.folder, query, {}, sink);
  const auto end = writable.audit->end();
  auto entry = oversight_entry({config_.who, config_.owner}, OversightAct::kReadAudit);
  for (const auto& [name, value] :
       {std::pair("kind", &query.kind), std::pair("who", &query.who),
        std::pair("purpose", &query.purpose), std::pair("case", &query.case_id)})
    if (!value->empty()) entry.details.emplace_back(name, *value);
  if (query.from) entry.details.emplace_back("from", to_rfc3339(*query.from));
  if (query.to) entry.details.emplace_back("to", to_rfc3339(*query.to));
  TRY(record(*writable.audit, std::move(entry)));
  return list_audit(
      config_.audit.folder, query, [&end] { return end; }, sink);
}

Result<std::string> LocalAudit::verify() {
  TRY(check(OversightAct::kVerifyAudit));
  if (running_) return to_json(TRY(running_->upkeep.verify()));
  AuditScope scope;
  const auto& ca_file = config_.upkeep.authority.ca_file;
  if (!ca_file.empty()) {
    const auto trust = std::make_shared<TimeStampTrust>(TRY(TimeStampTrust::read(ca_file)));
    scope.check_token = [trust](std::string_view token, const Digest& digest) -> Result<Timestamp> {
      return TRY(trust->check_token(token, digest)).time;
    };
  }
  return to_json(TRY(verify_audit(config_.audit.folder, scope)));
}

Status LocalAudit::write_bundle(const AuditSpan& span, const PieceSink& sink) {
  TRY(check(OversightAct::kExportAudit));
  const auto writable = TRY(this->writable());
  auto* const audit = writable.audit;
  const auto until = audit == nullptr ? std::function<AuditEnd()>()
                                      : std::function<AuditEnd()>([&] { return audit->end(); });
  AuditQuery any{span.from, span.to};
  any.limit = 1;
  bool found = false;
  TRY(list_audit(config_.audit.folder, any, until, [&](std::string_view) -> Status {
    found = true;
    return {};
  }));
  if (!found) return failure(ErrorCode::kNotFound, "no entry is in this time");
  std::uint64_t asked = 0;
  if (audit != nullptr) {
    AuditEntry entry;
    entry.kind = "export";
    entry.what = words_of(span);
    asked = TRY(record(*audit, std::move(entry)));
  }
  const auto bundle = TRY(write_audit_bundle(config_.audit.folder, span,
                                             config_.upkeep.authority.ca_file, until, sink));
  if (audit == nullptr) return {};
  AuditEntry entry;
  entry.kind = "answered";
  entry.what = words_of(span);
  entry.rows = bundle.entries;
  entry.result = bundle.sha256.to_hex();
  entry.details = {{"entry", fmt::format("{}", asked)},
                   {"first", fmt::format("{}", bundle.first)},
                   {"last", fmt::format("{}", bundle.last)}};
  TRY(record(*audit, std::move(entry)));
  return {};
}

Result<std::string> LocalAudit::stamp() {
  TRY(check(OversightAct::kStampAudit));
  if (running_) return to_json(TRY(running_->upkeep.stamp(config_.who)));
  const auto audit = TRY(Audit::open(config_.audit));
  const auto upkeep = TRY(AuditUpkeep::open(config_.upkeep, {*audit, {}}));
  return to_json(TRY(upkeep->stamp(config_.who)));
}

}  // namespace noroshi
