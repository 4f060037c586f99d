#include "simulate/habits/catalogue.h"
#include "simulate/habits/keep_alive.h"

namespace noroshi::simulate {

// Things that speak MQTT over TLS (8883) to their vendor: OASIS MQTT 3.1.1 §3.1.2.10, keep-alive of
// 60 s by most clients' default, PINGREQ and PINGRESP of two octets, in TLS records of 31. Vendors
// of very different size, the smallest with a handful of lines; shares are assumed.
constinit const HabitEntry kMqttCloud = {
    "mqtt_cloud", {250, 100, 20}, [](const HabitSetting& setting) {
      using std::chrono::seconds;
      return keep_alive(setting, {.service = {.habit = "mqtt_cloud",
                                              .servers = servers_for(setting.plan, 12, 2'500),
                                              .v6_permille = 100,
                                              .ports = {8'883}},
                                  .most_devices = 3,
                                  .intervals = {seconds(60), seconds(60), seconds(60), seconds(30),
                                                seconds(120), seconds(300)},
                                  .jitter_permille = 3,
                                  .lifetime = std::chrono::hours(40),
                                  .up = {31, 31},
                                  .down = {31, 31},
                                  .burst_permille = 8,
                                  .burst_up = {200, 1'500},
                                  .burst_down = {100, 600}});
    }};

}  // namespace noroshi::simulate
