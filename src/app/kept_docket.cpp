#include "app/kept_docket.h"

#include <chrono>
#include <filesystem>
#include <utility>

#include "desk/docket_desk.h"
#include "docket/docket.h"
#include "pipeline/granted_contacts.h"
#include "pipeline/model_folder.h"
#include "store/history.h"

namespace noroshi {
namespace {

Timestamp wall_clock() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

DocketDesk::Dependencies desk_over(Docket& docket, KeptDocket::Dependencies from,
                                   std::shared_ptr<const ServerModel> model) {
  return {.docket = docket,
          .guard = from.guard,
          .contacts = [&guard = from.guard,
                       history = from.history](const Access& access) -> Result<HourOfContacts> {
            if (history == nullptr) return failure(ErrorCode::kUnavailable, "no history is kept");
            return granted_contacts(*history, guard, access);
          },
          .record = std::move(from.record),
          .now = wall_clock,
          .local = std::move(from.subscribers),
          .warnings = std::move(from.warnings),
          .model = std::move(model)};
}

}  // namespace

KeptDocket::KeptDocket(std::unique_ptr<Docket> docket, Dependencies dependencies,
                       std::shared_ptr<const ServerModel> model)
    : docket_(std::move(docket)),
      desk_(std::make_unique<DocketDesk>(
          desk_over(*docket_, std::move(dependencies), std::move(model)))) {}

void KeptDocket::judge_daily(std::chrono::minutes at,
                             std::function<void(const std::string& why)> failed) {
  daily_.emplace(
      DailyJudge::Config{.at = at},
      DailyJudge::Dependencies{.judged_until = [this]() -> Result<std::optional<Timestamp>> {
                                 const auto windows = TRY(docket_->windows(1));
                                 if (windows.empty()) return std::nullopt;
                                 return windows.front().to;
                               },
                               .judge = [this](const DueWindow& window) -> Status {
                                 TRY(desk_->judge({Person::system("judge"), "c2-detection", ""},
                                                  window.from, window.to));
                                 return {};
                               },
                               .now = wall_clock,
                               .failed = std::move(failed)});
  daily_->start();
}

void KeptDocket::stop() {
  desk_->stop();
  if (daily_) daily_->stop();
}

KeptDocket::~KeptDocket() { stop(); }

Result<std::unique_ptr<KeptDocket>> KeptDocket::open(const Config& config,
                                                     Dependencies dependencies) {
  const std::filesystem::path folder(config.serve.state);
  auto docket = TRY(Docket::open({.file = folder / "docket.db"}));
  std::shared_ptr<const ServerModel> model;
  if (!config.judge.model.empty())
    model = std::make_shared<ServerModel>(TRY(read_model_folder(config.judge.model)));
  return std::unique_ptr<KeptDocket>(
      new KeptDocket(std::move(docket), std::move(dependencies), std::move(model)));
}

}  // namespace noroshi
