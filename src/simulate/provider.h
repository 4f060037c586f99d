#pragma once

#include <cstdint>
#include <memory>
#include <queue>
#include <vector>

#include "model/flow_batch.h"
#include "simulate/botnet.h"
#include "simulate/habit.h"
#include "simulate/meter.h"
#include "simulate/scenario.h"
#include "simulate/truth.h"

namespace noroshi::simulate {

/// A simulated provider: lines with habits, some of them infected, behind routers that sample,
/// meter and export. Time passes by the second, and only what is still to happen is held: the flows
/// of a simulation are never in memory together.
///
///     Provider provider(scenario);
///     while (provider.advance())
///       for (auto protocol : provider.routers()) use(provider.rows(protocol), provider.now());
///
/// Not thread-safe. The same scenario gives the same rows with every compiler.
class Provider final : private Traffic {
 public:
  /// `scenario` is within its limits and names at least one router.
  explicit Provider(const Scenario& scenario);

  /// Lets one second pass. False when the time is over and the routers have exported everything.
  bool advance();

  [[nodiscard]] Timestamp now() const { return now_; }
  [[nodiscard]] const std::vector<ExportProtocol>& routers() const { return protocols_; }
  /// What the router exports at now(), in order.
  [[nodiscard]] const FlowBatch& rows(ExportProtocol router) const;
  /// Complete when advance() has returned false.
  [[nodiscard]] const Truth& truth() const { return truth_; }

 private:
  struct Router {
    std::unique_ptr<Meter> meter;
    FlowBatch rows{256};
  };
  struct Turn {  // a habit to be asked
    Timestamp when;
    std::uint32_t habit = 0;
    friend bool operator>(const Turn& a, const Turn& b) {
      return a.when != b.when ? a.when > b.when : a.habit > b.habit;
    }
  };
  struct Living {
    std::unique_ptr<Habit> habit;
    std::uint32_t line = 0;
  };
  struct Pending {  // where an exchange that lies ahead is kept
    Timestamp when;
    std::uint64_t serial = 0;
    std::uint32_t slot = 0;
    friend bool operator>(const Pending& a, const Pending& b) {
      return a.when != b.when ? a.when > b.when : a.serial > b.serial;
    }
  };
  template <typename T>
  using Soonest = std::priority_queue<T, std::vector<T>, std::greater<>>;

  void add(const Exchange& exchange) override;
  void populate();
  void infect();
  /// Asks the habit for the first time at a random moment within so long.
  void give(std::uint32_t line, std::unique_ptr<Habit> habit, std::chrono::milliseconds within);
  void give_at(std::uint32_t line, std::unique_ptr<Habit> habit, Timestamp first);
  [[nodiscard]] Router& router_of(std::uint32_t line) { return routers_[line % routers_.size()]; }

  Scenario scenario_;
  Random random_;
  Services services_;
  MiraiLikeBotnet mirai_like_;
  HttpPollerBotnet http_poller_;
  std::vector<ExportProtocol> protocols_;
  std::vector<Router> routers_;
  std::vector<Line> lines_;
  std::vector<Living> habits_;
  Soonest<Turn> turns_;
  Soonest<Pending> pending_;
  std::vector<Exchange> slots_;
  std::vector<std::uint32_t> free_slots_;
  std::uint64_t next_serial_ = 0;
  Timestamp now_;
  Truth truth_;
};

}  // namespace noroshi::simulate
