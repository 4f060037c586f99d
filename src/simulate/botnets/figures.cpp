#include "simulate/botnets/figures.h"

#include <array>

namespace noroshi::simulate {

const BotnetFigures& figures_of(BotnetKind kind) {
  static constexpr std::array<const BotnetFigures*, kBotnetKinds> kAll = {
      &kMirai, &kGafgyt, &kIrc, &kHttpBeacon, &kTorii, &kFastFlux, &kDead, &kPeerToPeer, &kRat};
  return *kAll[static_cast<std::size_t>(kind)];
}

}  // namespace noroshi::simulate
