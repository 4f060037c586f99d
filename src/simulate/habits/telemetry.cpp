#include "simulate/habits/catalogue.h"
#include "simulate/habits/keep_alive.h"

namespace noroshi::simulate {

// What programs and televisions tell their makers every few minutes to hours, over HTTPS. All
// figures are assumed.
constinit const HabitEntry kTelemetry = {
    "telemetry", {850, 900, 300}, [](const HabitSetting& setting) {
      using std::chrono::seconds;
      return keep_alive(setting, {.service = {.habit = "telemetry",
                                              .servers = servers_for(setting.plan, 30, 3'000),
                                              .v6_permille = 500,
                                              .ports = {443}},
                                  .style = KeepAlive::Style::kPolls,
                                  .most_devices = 5,
                                  .intervals = {seconds(300), seconds(600), seconds(900),
                                                seconds(1'800), seconds(3'600)},
                                  .jitter_permille = 60,
                                  .lag = std::chrono::milliseconds(2'500),
                                  .up = {700, 9'000},
                                  .down = {400, 2'500},
                                  .people_permille = 300});
    }};

}  // namespace noroshi::simulate
