#include "simulate/botnets/figures.h"

namespace noroshi::simulate {
namespace {

constexpr std::uint16_t kPorts[] = {443, 80, 8'080, 8'443};

}  // namespace

// A beacon over HTTP(S): a request every few minutes, the wait varied by a fifth, as the sleep and
// jitter of common frameworks do; work now and then. Figures are assumed.
constinit const BotnetFigures kHttpBeacon = {
    .talk = BotnetFigures::Talk::kPolls,
    .period = std::chrono::seconds(180),
    .jitter_permille = 200,
    .retry = std::chrono::seconds(60),
    .ports = kPorts,
    .up = {280, 520},
    .down = {160, 400},
    .task_permille = 25,
    .task_up = {2'000, 400'000},
    .task_down = {1'000, 60'000},
    .in_offices = true,
};

}  // namespace noroshi::simulate
