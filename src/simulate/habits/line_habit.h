#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

#include "simulate/internet/internet.h"
#include "simulate/population/subscriber.h"
#include "simulate/truth_book.h"
#include "simulate/wire.h"

namespace noroshi::simulate {

/// Something that lines do: what happens in a stretch of time is a function of the line and the
/// time alone, so that nothing is remembered between two stretches and any may be asked for first.
///
/// Made once for all lines; act() is called from several threads.
class LineHabit {
 public:
  /// How many lines of each kind have it, in thousandths: homes, offices, servers.
  using Shares = std::array<std::uint32_t, kLineKinds>;

  virtual ~LineHabit() = default;
  /// Puts everything that begins within the window. `draws` are the line's own for this habit.
  virtual void act(const Subscriber& line, Draws draws, const Window& window, Wire& wire) const = 0;
};

/// What strangers do to lines, a block of neighbours at a time.
class BlockHabit {
 public:
  virtual ~BlockHabit() = default;
  /// The same for lines from `first` on, `count` of them.
  virtual void act(std::uint32_t first, std::uint32_t count, Draws draws, const Window& window,
                   Wire& wire) const = 0;
};

/// What a habit is made from.
struct HabitSetting {
  const Plan& plan;
  const Internet& internet;
  const Population& population;
  TruthBook& truth;
};

/// A habit by name, as a plan and the truth call it.
struct HabitEntry {
  std::string_view name;
  LineHabit::Shares shares;
  std::unique_ptr<LineHabit> (*make)(const HabitSetting& setting);
};

}  // namespace noroshi::simulate
