#include "simulate/habits/catalogue.h"
#include "simulate/habits/keep_alive.h"

namespace noroshi::simulate {

// Names asked for over HTTPS (RFC 8484): one connection to a public resolver, requests whenever
// something is looked up. Shares and sizes are assumed.
constinit const HabitEntry kDoh = {
    "doh", {120, 60, 0}, [](const HabitSetting& setting) {
      using std::chrono::seconds;
      return keep_alive(
          setting, {.service = {.habit = "doh", .servers = 8, .v6_permille = 900, .ports = {443}},
                    .most_devices = 2,
                    .intervals = {seconds(15), seconds(30), seconds(45)},
                    .jitter_permille = 450,
                    .lifetime = std::chrono::hours(1),
                    .up = {90, 180},
                    .down = {180, 460},
                    .burst_permille = 250,
                    .burst_up = {200, 900},
                    .burst_down = {600, 3'000},
                    .people_permille = 800});
    }};

}  // namespace noroshi::simulate
