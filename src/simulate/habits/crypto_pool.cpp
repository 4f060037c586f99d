#include "simulate/habits/catalogue.h"
#include "simulate/habits/keep_alive.h"

namespace noroshi::simulate {

// Those who mine and mean to: shares every half minute or so on one long connection to a pool.
// Ports are those that pools publish; the rest is assumed.
constinit const HabitEntry kCryptoPool = {
    "crypto_pool", {2, 2, 5}, [](const HabitSetting& setting) {
      using std::chrono::seconds;
      return keep_alive(setting, {.service = {.habit = "crypto_pool",
                                              .servers = servers_for(setting.plan, 10, 100'000),
                                              .network = NetworkKind::kHosting,
                                              .ports = {3'333, 4'444, 14'444, 443}},
                                  .intervals = {seconds(20), seconds(30), seconds(45)},
                                  .jitter_permille = 400,
                                  .lifetime = std::chrono::hours(20),
                                  .up = {180, 260},
                                  .down = {70, 120},
                                  .burst_permille = 150,
                                  .burst_up = {0, 0},
                                  .burst_down = {300, 900}});
    }};

}  // namespace noroshi::simulate
