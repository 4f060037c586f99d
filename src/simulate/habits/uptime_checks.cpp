#include "simulate/habits/catalogue.h"
#include "simulate/habits/rhythm.h"
#include "simulate/habits/service.h"

namespace noroshi::simulate {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Services that ask every minute or five whether a server still answers: beacons from outside, from
// a few dozen addresses. Figures are assumed.
class UptimeChecks final : public LineHabit {
 public:
  explicit UptimeChecks(const HabitSetting& setting) : internet_(setting.internet) {}

  void act(const Subscriber& line, Draws draws, const Window& window, Wire& wire) const override {
    constexpr std::uint64_t kPool = 0x0b71;
    constexpr std::uint64_t kCheckers = 40;
    auto own = draws;
    for (auto checkers = own.between(1, 4); checkers > 0; --checkers) {
      auto of_checker = draws.of(checkers);
      const auto site =
          internet_.server(kPool, of_checker.below(kCheckers), NetworkKind::kHosting, 0);
      const Rhythm checks{.interval = seconds(of_checker.chance(600) ? 60 : 300),
                          .jitter = milliseconds(900)};
      for_each_beat(of_checker.of(1), checks, window, [&](Timestamp when, Draws of_beat) {
        auto check = called_by(line, of_beat, site.v4, 443, kTcp, when);
        check.duration = milliseconds(250);
        add_tcp(check, {.opens = true, .closes = true, .up_bytes = 420, .down_bytes = 4'100});
        wire.add(check);
      });
    }
  }

 private:
  const Internet& internet_;
};

}  // namespace

constinit const HabitEntry kUptimeChecks = {
    "uptime_checks", {0, 15, 600}, [](const HabitSetting& setting) -> std::unique_ptr<LineHabit> {
      return std::make_unique<UptimeChecks>(setting);
    }};

}  // namespace noroshi::simulate
