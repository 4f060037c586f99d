#include "app/oversight.h"

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>

#include "api/client.h"
#include "app/plan.h"
#include "app/running_audit.h"
#include "desk/account.h"
#include "desk/oversight_desk.h"
#include "desk/question_json.h"

namespace noroshi {
namespace {

Timestamp wall_clock() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

Result<Config> config_of(const DeskPlace& place) {
  std::error_code ignored;
  if (!place.config_stated && !std::filesystem::exists(place.config, ignored)) return Config();
  return read_config(place.config);
}

/// Of a configuration that nobody serves. The history is opened when it is asked about.
Result<std::string> answer_alone(const Config& config, std::string_view verb,
                                 const std::string& body) {
  const auto local = audit_config_of(config);
  std::error_code error;
  if (!std::filesystem::is_directory(local.audit.folder, error))
    return failure(ErrorCode::kNotFound, local.audit.folder.string() +
                                             ": no audit is here, and no noroshi serves on " +
                                             config.serve.socket);
  const auto plan = TRY(plan_of(config));
  const auto audit = TRY(Audit::open(local.audit));
  std::unique_ptr<History> history;
  OversightDesk::Dependencies dependencies{.audit = *audit};
  dependencies.record = [&](AuditEntry entry) -> Status {
    TRY(audit->append(std::move(entry)));
    return {};
  };
  dependencies.verify = [&]() -> Result<AuditVerification> {
    const auto upkeep = TRY(AuditUpkeep::open(local.upkeep, {*audit, {}}));
    return upkeep->verify();
  };
  dependencies.policy = [&]() -> Result<std::shared_ptr<const Policy>> {
    return std::make_shared<const Policy>(TRY(policy_in_force(config.guard.policy)));
  };
  dependencies.retention = [&]() -> Result<RetentionState> {
    if (!plan.history) return failure(ErrorCode::kUnavailable, "no history is kept");
    if (history == nullptr) history = TRY(open_history(plan.history->engine));
    return Upkeep::state_of(plan.upkeep, *history);
  };
  dependencies.owner = local.owner;
  dependencies.now = wall_clock;
  return OversightDesk(std::move(dependencies)).answer(verb, body, own_account());
}

}  // namespace

Result<std::string> ask_oversight(const DeskPlace& place, std::string_view verb,
                                  const std::string& body) {
  const auto config = TRY(config_of(place));
  auto response = HttpClient(config.serve.socket).post("/desk/guard/" + std::string(verb), body);
  if (response) {
    if (response->status != 200) return tl::unexpected(error_from_json(response->body));
    return std::move(response->body);
  }
  if (response.error().code != ErrorCode::kUnavailable) return tl::unexpected(response.error());
  return answer_alone(config, verb, body);
}

}  // namespace noroshi
