#include "simulate/habits/catalogue.h"
#include "simulate/habits/rhythm.h"
#include "simulate/habits/service.h"

namespace noroshi::simulate {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;

// Systems that ask for updates every hour or so and sometimes find a large one. All figures are
// assumed.
class Updates final : public LineHabit {
 public:
  explicit Updates(const HabitSetting& setting)
      : service_(setting, {.habit = "updates",
                           .servers = servers_for(setting.plan, 16, 8'000),
                           .network = NetworkKind::kContent,
                           .v6_permille = 600,
                           .ports = {443, 443, 80}}) {}

  void act(const Subscriber& line, Draws draws, const Window& window, Wire& wire) const override {
    auto own = draws.of(0);
    for (auto systems = own.between(1, 4); systems > 0; --systems) {
      auto of_system = draws.of(systems);
      const auto& server = service_.choose(of_system);
      const Rhythm rhythm{.interval = of_system.between(minutes(40), minutes(240)),
                          .jitter = minutes(12)};
      for_each_beat(of_system.of(1), rhythm, window, [&](Timestamp when, Draws of_beat) {
        const bool found = of_beat.chance(30);
        transfer(contact(line, of_beat, server, when),
                 {.up_bytes = of_beat.between(1'000, 4'000),
                  .down_bytes = found ? of_beat.heavy_tailed(5'000'000, 200'000'000, 500)
                                      : of_beat.between(2'000, 20'000),
                  .bytes_per_second = of_beat.between(2'000'000, 8'000'000)},
                 wire);
      });
    }
  }

 private:
  Service service_;
};

}  // namespace

constinit const HabitEntry kUpdates = {
    "updates", {850, 900, 600}, [](const HabitSetting& setting) -> std::unique_ptr<LineHabit> {
      return std::make_unique<Updates>(setting);
    }};

}  // namespace noroshi::simulate
