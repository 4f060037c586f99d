#include "simulate/habits/catalogue.h"
#include "simulate/habits/keep_alive.h"

namespace noroshi::simulate {

// Agents that report to a monitoring service every minute or so, on a connection of their own each
// time. 10050 and 10051 are IANA's for Zabbix; intervals of 60 s are its documentation's example,
// the rest is assumed.
constinit const HabitEntry kMonitoring = {
    "monitoring", {5, 350, 700}, [](const HabitSetting& setting) {
      using std::chrono::seconds;
      return keep_alive(setting, {.service = {.habit = "monitoring",
                                              .servers = servers_for(setting.plan, 12, 1'200),
                                              .network = NetworkKind::kHosting,
                                              .v6_permille = 100,
                                              .ports = {10'051, 443, 8'086, 5'666}},
                                  .style = KeepAlive::Style::kPolls,
                                  .most_devices = 4,
                                  .intervals = {seconds(30), seconds(60), seconds(60), seconds(120),
                                                seconds(300)},
                                  .jitter_permille = 8,
                                  .up = {300, 2'400},
                                  .down = {90, 400}});
    }};

}  // namespace noroshi::simulate
