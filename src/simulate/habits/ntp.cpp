#include "simulate/habits/catalogue.h"
#include "simulate/habits/keep_alive.h"

namespace noroshi::simulate {

// NTP: RFC 5905 §7.2, polls every 2^6 to 2^10 s, source port 123 (§9.1), 48 octets each way. Which
// share of lines has a client of its own and how far polls are spread is assumed.
constinit const HabitEntry kNtp = {
    "ntp", {400, 700, 900}, [](const HabitSetting& setting) {
      using std::chrono::seconds;
      return keep_alive(setting, {.service = {.habit = "ntp",
                                              .servers = servers_for(setting.plan, 24, 20'000),
                                              .v6_permille = 300,
                                              .protocol = kUdp,
                                              .ports = {123}},
                                  .style = KeepAlive::Style::kDatagrams,
                                  .most_devices = 2,
                                  .intervals = {seconds(64), seconds(128), seconds(256),
                                                seconds(512), seconds(1'024)},
                                  .jitter_permille = 30,
                                  .lag = {},
                                  .up = {48, 48},
                                  .down = {48, 48},
                                  .client_port = 123});
    }};

}  // namespace noroshi::simulate
