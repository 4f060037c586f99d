#include "simulate/habits/catalogue.h"
#include "simulate/habits/rhythm.h"
#include "simulate/habits/service.h"

namespace noroshi::simulate {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// Calls through a relay (TURN, RFC 8656: UDP 3478; 3479 to 3481 as conference services publish): 50
// packets a second of voice each way (RFC 3551: 20 ms a packet), sometimes pictures. Lengths and
// shares are assumed.
class Calls final : public LineHabit {
 public:
  explicit Calls(const HabitSetting& setting)
      : service_(setting, {.habit = "calls",
                           .servers = servers_for(setting.plan, 16, 6'000),
                           .v6_permille = 300,
                           .protocol = kUdp,
                           .ports = {3'478, 3'479, 3'480, 3'481}}) {}

  void act(const Subscriber& line, Draws draws, const Window& window, Wire& wire) const override {
    const Sittings sittings{.per_hour_thousandths = 300, .longest = minutes(90)};
    for_each_sitting(line, draws, sittings, window, [&](Timestamp begins, Draws sitting) {
      auto own = sitting;
      const auto& server = service_.choose(own);
      const bool pictures = own.chance(600);
      const auto ends = begins + std::min<milliseconds>(minutes(1) + own.exponential(minutes(18)),
                                                        sittings.longest);
      const auto call = contact(line, own, server, begins);
      constexpr seconds kPart{5};
      for_each_piece(begins, ends, kPart, window, [&](Timestamp when, std::int64_t k) {
        auto of_part = sitting.of(static_cast<std::uint64_t>(k));
        auto part = call;
        part.start = when;
        part.duration = kPart;
        const auto packets = static_cast<std::uint32_t>(pictures ? 700 : 250);
        const auto size = static_cast<std::uint16_t>(pictures ? of_part.between(700, 1'000)
                                                              : of_part.between(120, 180));
        add_udp(
            part,
            {.up_packets = packets, .up_size = size, .down_packets = packets, .down_size = size});
        wire.add(part);
      });
    });
  }

 private:
  Service service_;
};

}  // namespace

constinit const HabitEntry kCalls = {
    "calls", {150, 600, 0}, [](const HabitSetting& setting) -> std::unique_ptr<LineHabit> {
      return std::make_unique<Calls>(setting);
    }};

}  // namespace noroshi::simulate
