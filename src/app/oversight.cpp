#include "app/oversight.h"

#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>

#include "api/client.h"
#include "app/guarded_collection.h"
#include "app/kept_office.h"
#include "app/plan.h"
#include "app/running_audit.h"
#include "desk/account.h"
#include "desk/office_desk.h"
#include "desk/oversight_desk.h"
#include "desk/question_json.h"
#include "guard/pseudonym/pseudonym_keeper.h"

namespace noroshi {
namespace {

Timestamp wall_clock() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

Result<std::string> answer_of_office(KeptOffice& kept, const Plan& plan, std::string_view verb,
                                     const std::string& body) {
  OfficeDesk desk({kept.office(), [&](const std::string& account) { return kept.filer(account); },
                   [&] {
                     CollectionState state;
                     auto& filing = kept.office().filing();
                     state.missing = filing.missing(addresses_of(plan.collector.listen));
                     const auto filed = filing.in_force();
                     state.mode = filed ? filed->filing.mode : std::nullopt;
                     state.demo = filed && filed->demo;
                     return state;
                   },
                   wall_clock});
  return desk.answer(verb, body, own_account());
}

Result<std::string> answer_of_oversight(KeptOffice& kept, const Config& config, const Plan& plan,
                                        std::string_view verb, const std::string& body) {
  std::unique_ptr<History> history;
  OversightDesk::Dependencies dependencies{.audit = kept.audit()};
  dependencies.record = [&](AuditEntry entry) -> Status {
    TRY(kept.office().append(std::move(entry)));
    return {};
  };
  dependencies.verify = [&]() -> Result<AuditVerification> {
    const auto upkeep = TRY(AuditUpkeep::open(audit_config_of(config).upkeep, {kept.audit(), {}}));
    return upkeep->verify();
  };
  dependencies.policy = [&]() -> Result<std::shared_ptr<const Policy>> { return kept.policy(); };
  dependencies.filing = [&] { return kept.office().filing().in_force(); };
  dependencies.measures = [&](const std::string& purpose) {
    return measures_of(kept.office(), purpose, 0, wall_clock());
  };
  dependencies.holds = kept.holds();
  dependencies.retention = [&]() -> Result<RetentionState> {
    if (!plan.history) return failure(ErrorCode::kUnavailable, "no history is kept");
    if (history == nullptr) history = TRY(open_history(plan.history->engine));
    return Upkeep::state_of(plan.upkeep, *history);
  };
  dependencies.owner = owner_account(config.serve.state);
  dependencies.now = wall_clock;
  return OversightDesk(std::move(dependencies)).answer(verb, body, own_account());
}

/// Of a configuration that nobody serves. The history is opened when it is asked about.
Result<std::string> answer_alone(const Config& config, std::string_view verb,
                                 const std::string& body) {
  const auto folder = audit_config_of(config).audit.folder;
  const bool of_office = OfficeDesk::knows(verb);
  std::error_code error;
  // A filing is the first thing that an installation writes.
  if (verb != "file" && !std::filesystem::is_directory(folder, error))
    return failure(
        ErrorCode::kNotFound,
        folder.string() + ": no audit is here, and no noroshi serves on " + config.serve.socket);
  if (of_office) TRY(leaves_nothing_of_root(guard_folder_of(config)));
  if (verb == "reveal/show") forbid_dumps();
  const auto plan = TRY(plan_of(config));
  const auto kept = TRY(KeptOffice::open(config));
  return of_office ? answer_of_office(*kept, plan, verb, body)
                   : answer_of_oversight(*kept, config, plan, verb, body);
}

}  // namespace

Status leaves_nothing_of_root(const std::string& folder) {
  const auto owner = owner_account(folder);
  const auto root = account_of(0);
  if (own_account() != root || owner == root) return {};
  return failure(ErrorCode::kPermission,
                 fmt::format("{} belongs to {}, who could not open what root leaves there: ask "
                             "while noroshi serve runs, or as {}: runuser -u {} -- noroshi …",
                             folder, owner, owner, owner));
}

Result<std::string> ask_oversight(const DeskPlace& place, std::string_view verb,
                                  const std::string& body) {
  const auto config = TRY(config_at(place));
  if (!place.store.empty()) return answer_alone(config, verb, body);
  auto response = HttpClient(config.serve.socket).post("/desk/guard/" + std::string(verb), body);
  if (response) {
    if (response->status != 200) return tl::unexpected(error_from_json(response->body));
    return std::move(response->body);
  }
  if (response.error().code != ErrorCode::kUnavailable) return tl::unexpected(response.error());
  return answer_alone(config, verb, body);
}

}  // namespace noroshi
