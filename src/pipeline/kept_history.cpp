#include "pipeline/kept_history.h"

#include <utility>

namespace noroshi {

Result<std::unique_ptr<History>> open_history(
    const std::variant<EmbeddedEngine::Config, ClusterEngine::Config>& config) {
  std::unique_ptr<Engine> engine;
  if (const auto* embedded = std::get_if<EmbeddedEngine::Config>(&config))
    engine = TRY(EmbeddedEngine::open(*embedded));
  else
    engine = TRY(ClusterEngine::open(std::get<ClusterEngine::Config>(config)));
  return History::open(std::move(engine));
}

Result<std::unique_ptr<KeptHistory>> KeptHistory::open(Config config) {
  std::unique_ptr<KeptHistory> kept(new KeptHistory());
  kept->history_ = TRY(open_history(config.engine));
  kept->spool_ = TRY(Spool::open(std::move(config.spool)));
  kept->writer_ = std::make_unique<HistoryWriter>(
      config.writer, HistoryWriter::Dependencies{*kept->history_, *kept->spool_});
  return kept;
}

KeptHistory::~KeptHistory() = default;

}  // namespace noroshi
