#include <array>

#include "simulate/habits/catalogue.h"
#include "simulate/habits/rhythm.h"
#include "simulate/habits/service.h"

namespace noroshi::simulate {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Lines that serve are visited: by other providers' subscribers, and by crawlers that fetch a page
// every few seconds to minutes all day, from few addresses. Rates are assumed.
class Visitors final : public LineHabit {
 public:
  explicit Visitors(const HabitSetting& setting) : internet_(setting.internet) {}

  void act(const Subscriber& line, Draws draws, const Window& window, Wire& wire) const override {
    auto own = draws;
    const milliseconds between_visits(
        static_cast<std::int64_t>(own.heavy_tailed(800, 60'000, 700)));
    const Rhythm visits{.interval = between_visits, .jitter = between_visits * 49 / 100};
    for_each_beat(draws.of(1), visits, window, [&](Timestamp when, Draws of_beat) {
      if (!of_beat.chance(diurnal_permille(when))) return;
      const auto peer = Internet::peer(of_beat.next());
      visit(line, of_beat, peer, of_beat.heavy_tailed(4'000, 4'000'000, 420), when, wire);
    });
    for (std::uint64_t crawler = 0; crawler < kCrawlers; ++crawler) {
      auto of_crawler = draws.of(100 + crawler);
      if (!of_crawler.chance(300)) continue;
      constexpr std::uint64_t kPool = 0xc4a3;
      const auto site = internet_.server(kPool, crawler, NetworkKind::kCloud, 0);
      const auto interval = of_crawler.between(seconds(10), seconds(300));
      const Rhythm fetches{.interval = interval, .jitter = interval * 3 / 10};
      for_each_beat(of_crawler.of(1), fetches, window, [&](Timestamp when, Draws of_beat) {
        visit(line, of_beat, site.v4, of_beat.between(2'000, 60'000), when, wire);
      });
    }
  }

 private:
  static constexpr std::uint64_t kCrawlers = 24;

  static void visit(const Subscriber& line, Draws& draws, const IpAddress& from,
                    std::uint64_t bytes, Timestamp when, Wire& wire) {
    transfer(called_by(line, draws, from, draws.chance(900) ? 443 : 80, kTcp, when),
             {.up_bytes = draws.between(300, 2'500),
              .down_bytes = bytes,
              .bytes_per_second = draws.between(400'000, 5'000'000)},
             wire);
  }

  const Internet& internet_;
};

}  // namespace

constinit const HabitEntry kVisitors = {
    "visitors", {2, 60, 950}, [](const HabitSetting& setting) -> std::unique_ptr<LineHabit> {
      return std::make_unique<Visitors>(setting);
    }};

}  // namespace noroshi::simulate
