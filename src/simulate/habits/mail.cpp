#include "simulate/habits/catalogue.h"
#include "simulate/habits/keep_alive.h"

namespace noroshi::simulate {

// Mail programs: IMAP IDLE, renewed within 29 minutes (RFC 2177), most every few minutes, on 993
// (RFC 8314). Shares are assumed.
constinit const HabitEntry kMail = {
    "mail", {300, 800, 30}, [](const HabitSetting& setting) {
      using std::chrono::seconds;
      return keep_alive(setting,
                        {.service = {.habit = "mail",
                                     .servers = servers_for(setting.plan, 20, 1'500),
                                     .network = NetworkKind::kHosting,
                                     .v6_permille = 300,
                                     .ports = {993, 993, 993, 995}},
                         .most_devices = 2,
                         .intervals = {seconds(120), seconds(300), seconds(600), seconds(1'500)},
                         .jitter_permille = 10,
                         .lag = std::chrono::milliseconds(1'500),
                         .lifetime = std::chrono::hours(3),
                         .up = {40, 90},
                         .down = {60, 180},
                         .burst_permille = 100,
                         .burst_up = {300, 20'000},
                         .burst_down = {2'000, 400'000}});
    }};

}  // namespace noroshi::simulate
