#include "simulate/botnets/figures.h"

namespace noroshi::simulate {
namespace {

constexpr std::uint16_t kPorts[] = {23, 666, 6'667, 45'123, 48'101};
constexpr std::uint16_t kScanPorts[] = {23, 23, 23, 23, 23, 23, 23, 23, 23, 2323};

}  // namespace

// Antonakakis et al., "Understanding the Mirai Botnet", USENIX Security 2017: loader, report
// server, stateless telnet scanning of 23 and, one probe in ten, 2323, floods on command. Two
// octets every 60 s on one long connection and 160 probes a second are recalled from its published
// source; retries every 16 s are those of an IoT-23 recording (34-1: 5,065 unanswered calls in a
// day). The C&C ports and the share of time spent scanning are assumed.
constinit const BotnetFigures kMirai = {
    .talk = BotnetFigures::Talk::kKeepAlive,
    .period = std::chrono::seconds(60),
    .jitter_permille = 8,
    .ports = kPorts,
    .up = {2, 2},
    .down = {2, 2},
    .task_permille = 4,
    .task_down = {20, 90},
    .loads = true,
    .reports = true,
    .scan_rate = 160,
    .scan_duty_permille = 900,
    .scan_ports = kScanPorts,
    .attacks = 3,
};

}  // namespace noroshi::simulate
