#include "simulate/botnets/figures.h"

namespace noroshi::simulate {
namespace {

constexpr std::uint16_t kPorts[] = {443, 80, 8'443};

}  // namespace

// A server behind ever other addresses (Holz et al., "Measuring and detecting fast-flux service
// networks", NDSS 2008): several at once, each used for a short while. Figures are assumed.
constinit const BotnetFigures kFastFlux = {
    .talk = BotnetFigures::Talk::kPolls,
    .period = std::chrono::seconds(120),
    .jitter_permille = 100,
    .retry = std::chrono::seconds(40),
    .ports = kPorts,
    .up = {250, 420},
    .down = {150, 320},
    .task_permille = 20,
    .task_up = {1'000, 60'000},
    .task_down = {1'000, 60'000},
    .servers = 4,
    .move_every = std::chrono::minutes(60),
    .in_offices = true,
};

}  // namespace noroshi::simulate
