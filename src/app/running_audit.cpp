#include "app/running_audit.h"

#include <unistd.h>

#include <array>
#include <utility>

#include "desk/account.h"
#include "telemetry/version.h"

namespace noroshi {
namespace {

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return "unnamed";
  return name.data();
}

AuditEntry entry_of(const char* kind, const char* what, const Config& config) {
  AuditEntry entry;
  entry.kind = kind;
  entry.who = own_account();
  entry.what = what;
  entry.details = {{"version", std::string(version())}};
  if (!config.hash.empty()) entry.details.emplace_back("configuration", config.hash);
  return entry;
}

}  // namespace

LocalAudit::Config audit_config_of(const Config& config) {
  LocalAudit::Config local;
  local.audit.folder = config.serve.state + "/guard/audit";
  local.audit.node = config.guard.node.empty() ? host_name() : config.guard.node;
  local.audit.subscribers = config.subscribers;
  local.upkeep.authority.url = config.guard.timestamp_url;
  local.upkeep.authority.ca_file = config.guard.timestamp_ca;
  local.upkeep.stamp_every = config.guard.timestamp_every;
  local.who = own_account();
  local.owner = owner_account(local.audit.folder);
  return local;
}

RunningAudit::RunningAudit(LocalAudit::Config config, Dependencies dependencies,
                           std::unique_ptr<AuditUpkeep> upkeep)
    : config_(std::move(config)),
      dependencies_(std::move(dependencies)),
      upkeep_(std::move(upkeep)) {}

Result<std::unique_ptr<RunningAudit>> RunningAudit::start(const Config& config,
                                                          Dependencies dependencies) {
  auto local = audit_config_of(config);
  TRY(dependencies.audit.append(entry_of("opened", "noroshi serve started", config)));
  auto upkeep = TRY(AuditUpkeep::open(local.upkeep, {dependencies.audit, dependencies.report}));
  upkeep->start();
  return std::unique_ptr<RunningAudit>(
      new RunningAudit(std::move(local), std::move(dependencies), std::move(upkeep)));
}

RunningAudit::~RunningAudit() {
  upkeep_->stop();
  const auto closed = dependencies_.audit.append(entry_of("closed", "noroshi serve stopped", {}));
  if (!closed && dependencies_.report)
    dependencies_.report("audit not closed", closed.error().message);
}

Status RunningAudit::reload(const Config& config) {
  TRY(dependencies_.audit.append(
      entry_of("configured", "the configuration was read again", config)));
  return {};
}

std::unique_ptr<AuditDesk> RunningAudit::desk_for(const std::string& account,
                                                  std::shared_ptr<const Policy> policy) {
  auto config = config_;
  config.who = account;
  config.policy = std::move(policy);
  return std::make_unique<LocalAudit>(std::move(config),
                                      LocalAudit::Running{dependencies_.audit, *upkeep_});
}

}  // namespace noroshi
