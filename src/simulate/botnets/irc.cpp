#include "simulate/botnets/figures.h"

namespace noroshi::simulate {
namespace {

constexpr std::uint16_t kPorts[] = {6'667, 6'697, 8'080, 7'000, 65'267};
constexpr std::uint16_t kScanPorts[] = {22, 445, 23};

}  // namespace

// Bots on IRC (Freiling, Holz and Wicherski, "Botnet tracking", ESORICS 2005, for the kind): PING
// and PONG as RFC 2812 has it, chatter in a channel, orders. A scan now and then. Figures are
// assumed.
constinit const BotnetFigures kIrc = {
    .talk = BotnetFigures::Talk::kKeepAlive,
    .period = std::chrono::seconds(90),
    .jitter_permille = 30,
    .ports = kPorts,
    .up = {16, 28},
    .down = {16, 28},
    .task_permille = 80,
    .task_up = {30, 300},
    .task_down = {60, 600},
    .scan_rate = 15,
    .scan_duty_permille = 60,
    .scan_ports = kScanPorts,
    .attacks = 2,
};

}  // namespace noroshi::simulate
