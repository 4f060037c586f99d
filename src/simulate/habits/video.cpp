#include "simulate/habits/catalogue.h"
#include "simulate/habits/rhythm.h"
#include "simulate/habits/service.h"

namespace noroshi::simulate {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;

// Films: a chunk every few seconds on one connection (RFC 8216 §6.3: segments of some seconds), for
// half an hour or so. Rates and lengths are assumed.
class Video final : public LineHabit {
 public:
  explicit Video(const HabitSetting& setting)
      : service_(setting, {.habit = "video",
                           .servers = servers_for(setting.plan, 24, 5'000),
                           .network = NetworkKind::kContent,
                           .v6_permille = 700,
                           .ports = {443}}) {}

  void act(const Subscriber& line, Draws draws, const Window& window, Wire& wire) const override {
    const Sittings sittings{.per_hour_thousandths = 350, .longest = minutes(100)};
    for_each_sitting(line, draws, sittings, window, [&](Timestamp begins, Draws sitting) {
      auto own = sitting;
      const auto& server = service_.choose(own);
      const auto ends = begins + std::min<milliseconds>(minutes(4) + own.exponential(minutes(25)),
                                                        sittings.longest);
      const auto interval = own.between(milliseconds(4'800), milliseconds(6'400));
      const auto bytes = own.between(700'000, 3'500'000);
      const auto film = contact(line, own, server, begins);
      for_each_piece(begins, ends, interval, window, [&](Timestamp when, std::int64_t k) {
        auto of_chunk = sitting.of(static_cast<std::uint64_t>(k));
        auto chunk = film;
        chunk.start = when;
        chunk.duration = of_chunk.between(milliseconds(400), milliseconds(2'500));
        add_tcp(chunk, {.opens = k == 0,
                        .closes = when + interval >= ends,
                        .up_bytes = of_chunk.between(500, 1'200),
                        .down_bytes = bytes * of_chunk.between(70, 130) / 100});
        wire.add(chunk);
      });
    });
  }

 private:
  Service service_;
};

}  // namespace

constinit const HabitEntry kVideo = {
    "video", {700, 150, 0}, [](const HabitSetting& setting) -> std::unique_ptr<LineHabit> {
      return std::make_unique<Video>(setting);
    }};

}  // namespace noroshi::simulate
