#include "simulate/habits/catalogue.h"
#include "simulate/habits/keep_alive.h"

namespace noroshi::simulate {

// Heartbeats of devices to vendors of every size, many of them to one rented server that a few
// dozen lines call: the hardest of the innocent. Ports, intervals and sizes are of the kind that
// laboratory studies of IoT devices describe; all figures are assumed.
constinit const HabitEntry kVendorHeartbeat = {
    "vendor_heartbeat", {180, 150, 20}, [](const HabitSetting& setting) {
      using std::chrono::seconds;
      return keep_alive(
          setting, {.service = {.habit = "vendor_heartbeat",
                                .servers = servers_for(setting.plan, 24, 300),
                                .network = NetworkKind::kHosting,
                                .ports = {8'000, 9'000, 80, 1'883, 8'080, 443, 10'001, 5'000}},
                    .most_devices = 2,
                    .intervals = {seconds(30), seconds(60), seconds(60), seconds(120), seconds(180),
                                  seconds(300)},
                    .jitter_permille = 6,
                    .lifetime = std::chrono::hours(60),
                    .up = {8, 220},
                    .down = {4, 64},
                    .burst_permille = 5,
                    .burst_up = {300, 4'000},
                    .burst_down = {300, 60'000}});
    }};

}  // namespace noroshi::simulate
