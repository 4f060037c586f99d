#include "simulate/habits/catalogue.h"
#include "simulate/habits/keep_alive.h"

namespace noroshi::simulate {

// People on IRC: PING and PONG (RFC 2812 §3.7.2) every one to five minutes by networks' settings,
// 6667 and, over TLS, 6697 (RFC 7194). Few lines and few servers: what an IRC botnet looks like.
// Shares are assumed.
constinit const HabitEntry kIrcUsers = {
    "irc_users", {2, 4, 3}, [](const HabitSetting& setting) {
      using std::chrono::seconds;
      return keep_alive(setting,
                        {.service = {.habit = "irc_users",
                                     .servers = servers_for(setting.plan, 8, 100'000),
                                     .network = NetworkKind::kHosting,
                                     .v6_permille = 300,
                                     .ports = {6'697, 6'667}},
                         .intervals = {seconds(90), seconds(120), seconds(180), seconds(300)},
                         .jitter_permille = 4,
                         .lifetime = std::chrono::hours(30),
                         .up = {18, 40},
                         .down = {18, 40},
                         .burst_permille = 250,
                         .burst_up = {30, 200},
                         .burst_down = {60, 2'000},
                         .people_permille = 100});
    }};

}  // namespace noroshi::simulate
