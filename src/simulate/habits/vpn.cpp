#include "simulate/habits/catalogue.h"
#include "simulate/habits/keep_alive.h"

namespace noroshi::simulate {

// Tunnels kept open: NAT-keepalives of one octet every 20 s (RFC 3948 §4) on UDP 4500, WireGuard's
// persistent keep-alive of 32 octets, 25 s by its documentation's advice, on 51820. Gateways are
// companies' own, so each has few lines: hard to tell from a small C&C server. Shares are assumed.
constinit const HabitEntry kVpn = {
    "vpn", {30, 350, 60}, [](const HabitSetting& setting) {
      using std::chrono::seconds;
      return keep_alive(setting, {.service = {.habit = "vpn",
                                              .servers = servers_for(setting.plan, 16, 250),
                                              .network = NetworkKind::kEyeball,
                                              .protocol = kUdp,
                                              .ports = {4'500, 4'500, 51'820}},
                                  .style = KeepAlive::Style::kDatagrams,
                                  .intervals = {seconds(20), seconds(25)},
                                  .jitter_permille = 4,
                                  .lag = std::chrono::milliseconds(40),
                                  .up = {1, 32},
                                  .down = {0, 32},
                                  .client_port = 4'500,
                                  .burst_permille = 120,
                                  .burst_up = {2'000, 300'000},
                                  .burst_down = {4'000, 2'000'000},
                                  .people_permille = 300});
    }};

}  // namespace noroshi::simulate
