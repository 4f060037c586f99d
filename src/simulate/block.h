#pragma once

#include <memory>
#include <vector>

#include "simulate/botnets/bot.h"
#include "simulate/habits/line_habit.h"
#include "simulate/inject/recorded_host.h"
#include "simulate/meter.h"

namespace noroshi::simulate {

/// A block of neighbouring lines behind routers of their own, one for each view. Everything that is
/// remembered from one slice to the next is here, and belongs to the thread that works on it.
class Block final : private Wire {
 public:
  /// A habit, and its share of lines under this plan.
  struct Habit {
    std::unique_ptr<LineHabit> habit;
    LineHabit::Shares shares;
    std::uint64_t number;
  };
  /// What all blocks have in common; outlives them.
  struct Common {
    const Plan& plan;
    const Population& population;
    TruthBook& truth;
    const std::vector<Habit>& habits;
    const BlockHabit* strangers;  ///< null: nobody scans
  };

  Block(const Common& common, std::uint32_t first, std::uint32_t count);

  void infect(std::unique_ptr<Infection> infection, Draws draws);
  void replay(Replay replay) { replays_.push_back(std::move(replay)); }

  /// Makes what begins in the window, meters it, and collects what is ready at its end.
  void act(const Window& window);
  /// Nothing is begun any more: only collects.
  void drain(Timestamp now);

  [[nodiscard]] const FlowBatch& rows(std::size_t view) const { return *views_[view].rows; }
  [[nodiscard]] bool empty() const;
  [[nodiscard]] std::uint64_t exchanges() const { return exchanges_; }
  [[nodiscard]] std::uint64_t packets() const { return packets_; }
  [[nodiscard]] std::uint64_t evicted() const;
  [[nodiscard]] const std::vector<std::unique_ptr<Infection>>& infections() const {
    return infections_;
  }

 private:
  struct View {
    std::unique_ptr<Meter> meter;
    std::unique_ptr<FlowBatch> rows;
  };
  struct Place {  // of an exchange or a sweep among those of the slice
    Timestamp start;
    std::uint32_t index = 0;
    bool is_sweep = false;
  };

  void add(const Exchange& exchange) override;
  void add(const Sweep& sweep) override;
  void begin(const Window& window);
  void meter(const Window& window);
  void collect(Timestamp now);

  const Common& common_;
  std::uint32_t first_;
  std::uint32_t count_;
  std::vector<View> views_;
  std::vector<std::unique_ptr<Infection>> infections_;
  std::vector<std::unique_ptr<BotPart>> parts_;
  std::vector<Replay> replays_;
  std::vector<Exchange> exchanges_now_;
  std::vector<Exchange> later_;  ///< begin behind the slice in which they were made
  std::vector<Sweep> sweeps_;
  std::vector<Place> order_;
  Window window_;
  std::uint64_t exchanges_ = 0;
  std::uint64_t packets_ = 0;
};

}  // namespace noroshi::simulate
