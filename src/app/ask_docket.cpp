#include "app/ask_docket.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>

#include "api/client.h"
#include "app/kept_docket.h"
#include "app/kept_guard.h"
#include "app/oversight.h"
#include "app/plan.h"
#include "desk/docket_desk.h"
#include "desk/question_json.h"

namespace noroshi {
namespace {

bool reads_history(std::string_view verb) {
  constexpr std::array<std::string_view, 3> kReading = {"judge", "infected", "recipe/run"};
  return std::ranges::find(kReading, verb) != kReading.end();
}

/// Of a configuration that nobody serves.
Result<std::string> answer_alone(const Config& config, std::string_view verb,
                                 const std::string& body, const Asker& asker,
                                 const std::function<void(double)>& progress) {
  std::error_code error;
  if (!std::filesystem::is_directory(config.serve.state, error))
    return failure(ErrorCode::kNotFound, config.serve.state +
                                             ": nothing was kept here, and no noroshi serves on " +
                                             config.serve.socket);
  TRY(leaves_nothing_of_root(config.serve.state));
  const auto plan = TRY(plan_of(config));
  const auto guard = TRY(KeptGuard::open(config));
  std::unique_ptr<History> history;
  if (reads_history(verb) && plan.history) {
    if (config.history.kind == Config::History::Kind::kEmbedded &&
        !std::filesystem::is_directory(config.history.folder, error))
      return failure(ErrorCode::kNotFound, config.history.folder + ": no history is here");
    history = TRY(open_history(plan.history->engine));
  }
  WarningFiles warnings(config.enrich.warning_lists);
  Status warned;
  (void)warnings.refresh([&](const Error& why) { warned = tl::unexpected(why); });
  TRY(warned);
  const auto docket =
      TRY(KeptDocket::open(config, {.guard = guard->guard(),
                                    .history = history.get(),
                                    .record = [&](AuditEntry entry) -> Status {
                                      TRY(guard->office().append(std::move(entry)));
                                      return {};
                                    },
                                    .subscribers = [&] { return config.subscribers; },
                                    .warnings = [&] { return warnings.current(); }}));
  return docket->desk().answer(verb, body, asker, progress);
}

}  // namespace

Result<std::string> ask_docket(const DeskPlace& place, std::string_view verb,
                               const std::string& body, const Asker& asker,
                               const std::function<void(double)>& progress) {
  const auto config = TRY(config_at(place));
  if (!place.store.empty()) return answer_alone(config, verb, body, asker, progress);
  auto response = HttpClient(config.serve.socket, asker.purpose, asker.case_id)
                      .post("/desk/c2/" + std::string(verb), body);
  if (response) {
    if (response->status != 200) return tl::unexpected(error_from_json(response->body));
    return std::move(response->body);
  }
  if (response.error().code != ErrorCode::kUnavailable) return tl::unexpected(response.error());
  return answer_alone(config, verb, body, asker, progress);
}

}  // namespace noroshi
