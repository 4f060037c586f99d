#include "desk/local_audit.h"

#include <fmt/format.h>

#include <memory>
#include <utility>

#include "desk/audit_json.h"

namespace noroshi {
namespace {

std::string words_of(const AuditSpan& span) {
  return fmt::format("audit from {} to {}", span.from ? to_rfc3339(*span.from) : "the beginning",
                     span.to ? to_rfc3339(*span.to) : "the end");
}

}  // namespace

std::function<AuditEnd()> LocalAudit::end() const {
  if (!running_) return {};
  return [this] { return running_->audit.end(); };
}

Result<std::uint64_t> LocalAudit::record(Audit& audit, AuditEntry entry) const {
  entry.who = config_.who;
  return audit.append(std::move(entry));
}

Status LocalAudit::list(const AuditQuery& query, const PieceSink& sink) {
  return list_audit(config_.audit.folder, query, end(), sink);
}

Result<std::string> LocalAudit::verify() {
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
  // A broken chain takes no entry, but is what another party must see: it leaves unrecorded.
  std::unique_ptr<Audit> opened;
  if (!running_) {
    auto audit = Audit::open(config_.audit);
    if (!audit && audit.error().code != ErrorCode::kMalformed) return tl::unexpected(audit.error());
    if (audit) opened = std::move(*audit);
  }
  auto* const audit = running_ ? &running_->audit : opened.get();
  std::uint64_t asked = 0;
  if (audit != nullptr) {
    AuditEntry entry;
    entry.kind = "export";
    entry.what = words_of(span);
    asked = TRY(record(*audit, std::move(entry)));
  }
  const auto until = audit == nullptr ? std::function<AuditEnd()>()
                                      : std::function<AuditEnd()>([&] { return audit->end(); });
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
  if (running_) return to_json(TRY(running_->upkeep.stamp(config_.who)));
  const auto audit = TRY(Audit::open(config_.audit));
  const auto upkeep = TRY(AuditUpkeep::open(config_.upkeep, {*audit, {}}));
  return to_json(TRY(upkeep->stamp(config_.who)));
}

}  // namespace noroshi
