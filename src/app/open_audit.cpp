#include "app/open_audit.h"

#include <filesystem>
#include <utility>

#include "api/remote_audit.h"
#include "app/running_audit.h"
#include "desk/audit_json.h"
#include "guard/audit/new_chain.h"

namespace noroshi {
Result<std::unique_ptr<AuditDesk>> open_audit_desk(const DeskPlace& place) {
  const auto config = TRY(config_at(place));
  auto remote = RemoteAudit::connect(config.serve.socket);
  if (remote) return std::unique_ptr<AuditDesk>(std::move(*remote));
  if (remote.error().code != ErrorCode::kUnavailable) return tl::unexpected(remote.error());
  auto local = audit_config_of(config);
  std::error_code error;
  if (!std::filesystem::is_directory(local.audit.folder, error))
    return failure(ErrorCode::kNotFound, local.audit.folder.string() +
                                             ": no audit is here, and no noroshi serves on " +
                                             config.serve.socket);
  local.policy = std::make_shared<const Policy>(TRY(policy_in_force(config.guard.policy)));
  return std::unique_ptr<AuditDesk>(std::make_unique<LocalAudit>(std::move(local), std::nullopt));
}

Result<std::string> verify_audit_folder(const std::string& folder, const std::string& ca_file) {
  const std::filesystem::path path(folder);
  AuditScope scope;
  scope.before = TRY(read_audit_head(path / "before"));
  std::error_code ignored;
  const auto own = path / "ca.pem";
  const auto trusted = !ca_file.empty()                        ? ca_file
                       : std::filesystem::exists(own, ignored) ? own.string()
                                                               : std::string();
  if (!trusted.empty()) {
    const auto trust = std::make_shared<TimeStampTrust>(TRY(TimeStampTrust::read(trusted)));
    scope.check_token = [trust](std::string_view token, const Digest& digest) -> Result<Timestamp> {
      return TRY(trust->check_token(token, digest)).time;
    };
  }
  return to_json(TRY(verify_audit(path, scope)));
}

Result<std::string> begin_audit_anew(const DeskPlace& place, const std::string& reason) {
  auto local = audit_config_of(TRY(config_at(place)));
  const auto audit = TRY(begin_new_chain(std::move(local.audit), local.who, reason));
  return audit->folder().string();
}

}  // namespace noroshi
