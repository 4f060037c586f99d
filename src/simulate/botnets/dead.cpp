#include "simulate/botnets/figures.h"

namespace noroshi::simulate {
namespace {

constexpr std::uint16_t kPorts[] = {23, 6'667, 45, 1'312};
constexpr std::uint16_t kScanPorts[] = {23, 23, 2323};

}  // namespace

// A botnet whose server is gone before the scenario begins: its bots go on calling. Three SYNs an
// attempt and about one attempt in 16 s as in the IoT-23 recording 34-1; they still scan a little.
constinit const BotnetFigures kDead = {
    .talk = BotnetFigures::Talk::kKeepAlive,
    .period = std::chrono::seconds(60),
    .jitter_permille = 20,
    .ports = kPorts,
    .scan_rate = 40,
    .scan_duty_permille = 200,
    .scan_ports = kScanPorts,
};

}  // namespace noroshi::simulate
