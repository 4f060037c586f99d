#include "simulate/habits/catalogue.h"
#include "simulate/habits/keep_alive.h"

namespace noroshi::simulate {

// Bindings that are kept open (RFC 8445 §11: no oftener than every 15 s; RFC 8489 §5: 20 octets and
// attributes) by voice adapters and programs that wait for calls. Shares are assumed.
constinit const HabitEntry kStun = {
    "stun", {150, 200, 0}, [](const HabitSetting& setting) {
      using std::chrono::seconds;
      return keep_alive(
          setting, {.service = {.habit = "stun",
                                .servers = servers_for(setting.plan, 12, 8'000),
                                .v6_permille = 200,
                                .protocol = kUdp,
                                .ports = {3'478, 3'478, 19'302}},
                    .style = KeepAlive::Style::kDatagrams,
                    .intervals = {seconds(15), seconds(20), seconds(25), seconds(30), seconds(60)},
                    .jitter_permille = 15,
                    .up = {20, 28},
                    .down = {32, 64},
                    .people_permille = 400});
    }};

}  // namespace noroshi::simulate
