#include "simulate/botnets/figures.h"

namespace noroshi::simulate {
namespace {

constexpr std::uint16_t kPorts[] = {1'177, 5'552, 3'389, 8'808, 443};

}  // namespace

// Remote control of one victim: a keep-alive on one long connection, and sittings in which somebody
// at the other end works. 1177 is the port of the NjRAT recording in the shared data; the other
// figures are assumed.
constinit const BotnetFigures kRat = {
    .talk = BotnetFigures::Talk::kInteractive,
    .period = std::chrono::seconds(25),
    .jitter_permille = 60,
    .retry = std::chrono::seconds(12),
    .ports = kPorts,
    .up = {8, 60},
    .down = {4, 30},
    .in_offices = true,
};

}  // namespace noroshi::simulate
