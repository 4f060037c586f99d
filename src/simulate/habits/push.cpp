#include "simulate/habits/catalogue.h"
#include "simulate/habits/keep_alive.h"

namespace noroshi::simulate {

// Telephones' push channel: TCP 5223 (Apple, "TCP and UDP ports used by Apple software products")
// and 5228–5230 (Google, Firebase's "Configure your network"). Keep-alives of 15 to 28 minutes and
// the share that carries a message are assumed.
constinit const HabitEntry kPush = {
    "push", {900, 800, 0}, [](const HabitSetting& setting) {
      using std::chrono::seconds;
      return keep_alive(setting, {.service = {.habit = "push",
                                              .servers = servers_for(setting.plan, 16, 20'000),
                                              .v6_permille = 700,
                                              .ports = {5'223, 5'228, 5'228, 5'229}},
                                  .most_devices = 4,
                                  .intervals = {seconds(900), seconds(1'140), seconds(1'680)},
                                  .lag = std::chrono::milliseconds(4'000),
                                  .lifetime = std::chrono::hours(9),
                                  .burst_permille = 300,
                                  .burst_up = {60, 400},
                                  .burst_down = {300, 4'000}});
    }};

}  // namespace noroshi::simulate
