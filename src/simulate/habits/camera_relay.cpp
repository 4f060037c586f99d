#include "simulate/habits/catalogue.h"
#include "simulate/habits/keep_alive.h"

namespace noroshi::simulate {

// Cameras that keep a hole open to their vendor's relay: a small datagram every ten to thirty
// seconds, a clip when something moves. Port 32100 is that of one large family of such relays; the
// other figures are assumed.
constinit const HabitEntry kCameraRelay = {
    "camera_relay", {80, 120, 10}, [](const HabitSetting& setting) {
      using std::chrono::seconds;
      return keep_alive(setting, {.service = {.habit = "camera_relay",
                                              .servers = servers_for(setting.plan, 8, 6'000),
                                              .protocol = kUdp,
                                              .ports = {32'100, 32'100, 8'000, 10'240}},
                                  .style = KeepAlive::Style::kDatagrams,
                                  .most_devices = 3,
                                  .intervals = {seconds(10), seconds(15), seconds(20), seconds(30)},
                                  .jitter_permille = 4,
                                  .lag = std::chrono::milliseconds(120),
                                  .up = {4, 44},
                                  .down = {4, 44},
                                  .burst_permille = 4,
                                  .burst_up = {80'000, 2'000'000},
                                  .burst_down = {2'000, 30'000}});
    }};

}  // namespace noroshi::simulate
