#pragma once

#include <memory>
#include <variant>

#include "base/result.h"
#include "store/cluster/cluster_engine.h"
#include "store/embedded/embedded_engine.h"
#include "store/history.h"
#include "store/spool.h"
#include "store/writer.h"

namespace noroshi {

/// An engine, the history in it, and what brings flows there: opened together, closed in order.
class KeptHistory {
 public:
  struct Config {
    std::variant<EmbeddedEngine::Config, ClusterEngine::Config> engine;
    Spool::Config spool;
    HistoryWriter::Config writer;
  };

  /// Opens the engine, brings its schema up to date, reads the spool. Starts no thread of its own.
  [[nodiscard]] static Result<std::unique_ptr<KeptHistory>> open(Config config);
  /// stop() first.
  ~KeptHistory();

  void start() { writer_->start(); }
  /// Brings what is in memory to the engine or the spool. Safe to call twice.
  void stop() { writer_->stop(); }

  [[nodiscard]] History& history() { return *history_; }
  [[nodiscard]] HistoryWriter& writer() { return *writer_; }

 private:
  KeptHistory() = default;

  std::unique_ptr<History> history_;
  std::unique_ptr<Spool> spool_;
  std::unique_ptr<HistoryWriter> writer_;
};

/// The engine alone, for questions while nothing is collected.
[[nodiscard]] Result<std::unique_ptr<History>> open_history(
    const std::variant<EmbeddedEngine::Config, ClusterEngine::Config>& engine);

}  // namespace noroshi
