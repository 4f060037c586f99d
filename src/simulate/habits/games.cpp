#include "simulate/habits/catalogue.h"
#include "simulate/habits/rhythm.h"
#include "simulate/habits/service.h"

namespace noroshi::simulate {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// Games: small datagrams both ways, some tens a second, for the length of a match (Claypool and
// Claypool, "Latency and player actions in online games", 2006, for the kind; figures assumed).
class Games final : public LineHabit {
 public:
  explicit Games(const HabitSetting& setting)
      : service_(setting, {.habit = "games",
                           .servers = servers_for(setting.plan, 30, 1'500),
                           .network = NetworkKind::kHosting,
                           .v6_permille = 100,
                           .protocol = kUdp,
                           .ports = {27'015, 27'016, 3'074, 30'000, 9'339}}) {}

  void act(const Subscriber& line, Draws draws, const Window& window, Wire& wire) const override {
    const Sittings sittings{.per_hour_thousandths = 800, .longest = minutes(60)};
    for_each_sitting(line, draws, sittings, window, [&](Timestamp begins, Draws sitting) {
      auto own = sitting;
      const auto& server = service_.choose(own);
      const auto ends = begins + std::min<milliseconds>(minutes(4) + own.exponential(minutes(15)),
                                                        sittings.longest);
      const auto match = contact(line, own, server, begins);
      constexpr seconds kPart{5};
      for_each_piece(begins, ends, kPart, window, [&](Timestamp when, std::int64_t k) {
        auto of_part = sitting.of(static_cast<std::uint64_t>(k));
        auto part = match;
        part.start = when;
        part.duration = kPart;
        add_udp(part, {.up_packets = static_cast<std::uint32_t>(of_part.between(100, 160)),
                       .up_size = static_cast<std::uint16_t>(of_part.between(50, 80)),
                       .down_packets = static_cast<std::uint32_t>(of_part.between(100, 160)),
                       .down_size = static_cast<std::uint16_t>(of_part.between(120, 260))});
        wire.add(part);
      });
    });
  }

 private:
  Service service_;
};

}  // namespace

constinit const HabitEntry kGames = {
    "games", {120, 5, 0}, [](const HabitSetting& setting) -> std::unique_ptr<LineHabit> {
      return std::make_unique<Games>(setting);
    }};

}  // namespace noroshi::simulate
