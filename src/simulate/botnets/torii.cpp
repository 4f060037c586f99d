#include "simulate/botnets/figures.h"

namespace noroshi::simulate {
namespace {

constexpr std::uint16_t kPorts[] = {443, 8'443};

}  // namespace

// Slow and quiet, as Torii was described (Avast, 2018): persistent, over 443, no scanning and no
// flood seen. Intervals of a quarter of an hour and sizes are assumed.
constinit const BotnetFigures kTorii = {
    .talk = BotnetFigures::Talk::kPolls,
    .period = std::chrono::seconds(900),
    .jitter_permille = 100,
    .retry = std::chrono::seconds(300),
    .ports = kPorts,
    .up = {120, 260},
    .down = {90, 180},
    .task_permille = 20,
    .task_up = {400, 8'000},
    .task_down = {500, 90'000},
};

}  // namespace noroshi::simulate
