#include "app/open_desk.h"

#include <filesystem>
#include <utility>

#include "api/remote_desk.h"
#include "app/kept_guard.h"
#include "app/plan.h"
#include "app/vocabulary.h"
#include "desk/stored_flows.h"
#include "desk/vocabulary_json.h"

namespace noroshi {
namespace {

/// A desk over a store that nobody else has open.
class StoreDesk final : public Desk {
 public:
  StoreDesk(std::unique_ptr<KeptGuard> guard, std::unique_ptr<History> history, Config config)
      : guard_(std::move(guard)), history_(std::move(history)), config_(std::move(config)) {}

  /// A warning list that cannot be read makes its tag unknown, which whoever asks for it is told.
  Result<FilterVocabulary> vocabulary() override {
    return read_vocabulary(config_, [](const Error&) {});
  }
  Result<std::unique_ptr<FlowAnswers>> flows(const Asker& asker) override {
    auto& guard = guard_->guard();
    return std::make_unique<StoredFlows>(
        *history_, guard, Access{guard.person_of(asker.account), asker.purpose, asker.case_id});
  }
  Result<std::string> exporters() override { return nobody_collects(); }
  Result<std::string> interfaces() override { return interfaces_to_json(TRY(vocabulary())); }
  Result<std::string> status() override { return nobody_collects(); }

 private:
  static tl::unexpected<Error> nobody_collects() {
    return failure(ErrorCode::kUnavailable, "nothing is collecting: start noroshi serve");
  }

  std::unique_ptr<KeptGuard> guard_;
  std::unique_ptr<History> history_;
  Config config_;
};

}  // namespace

Result<Config> config_at(const DeskPlace& place) {
  if (!place.store.empty()) return config_of_store(place.store);
  std::error_code ignored;
  if (!place.config_stated && !std::filesystem::exists(place.config, ignored)) return Config();
  return read_config(place.config);
}

Result<std::unique_ptr<Desk>> open_desk(const DeskPlace& place) {
  auto config = TRY(config_at(place));
  if (place.store.empty()) {
    auto remote = RemoteDesk::connect(config.serve.socket);
    if (remote) return std::unique_ptr<Desk>(std::move(*remote));
    if (remote.error().code != ErrorCode::kUnavailable) return tl::unexpected(remote.error());
    if (config.history.kind == Config::History::Kind::kNone)
      return failure(ErrorCode::kUnavailable, place.config + ": no history is kept");
  }
  const bool embedded = config.history.kind == Config::History::Kind::kEmbedded;
  std::error_code error;
  if (embedded && !std::filesystem::is_directory(config.history.folder, error))
    return failure(ErrorCode::kNotFound, config.history.folder +
                                             ": no history is here, and no noroshi serves on " +
                                             config.serve.socket);
  auto plan = TRY(plan_of(config));
  auto guard = TRY(KeptGuard::open(config));
  auto history = TRY(open_history(plan.history->engine));
  return std::unique_ptr<Desk>(
      std::make_unique<StoreDesk>(std::move(guard), std::move(history), std::move(config)));
}

}  // namespace noroshi
