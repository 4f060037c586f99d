#include "simulate/botnets/figures.h"

namespace noroshi::simulate {
namespace {

constexpr std::uint16_t kPorts[] = {4'258, 23, 666, 1'791, 9'375};
constexpr std::uint16_t kScanPorts[] = {23, 23, 2323, 37'215, 52'869};

}  // namespace

// Gafgyt, also Bashlite: PING and PONG as text about once a minute on one TCP connection
// (recalled), telnet scanning in bouts when told to, UDP floods. Ports, rates and bouts are
// assumed.
constinit const BotnetFigures kGafgyt = {
    .talk = BotnetFigures::Talk::kKeepAlive,
    .period = std::chrono::seconds(60),
    .jitter_permille = 20,
    .ports = kPorts,
    .up = {4, 6},
    .down = {4, 6},
    .task_permille = 12,
    .task_up = {20, 400},
    .task_down = {20, 120},
    .loads = true,
    .scan_rate = 40,
    .scan_duty_permille = 300,
    .scan_ports = kScanPorts,
    .attacks = 6,
};

}  // namespace noroshi::simulate
