#include "simulate/botnets/figures.h"

namespace noroshi::simulate {
namespace {

constexpr std::uint16_t kScanPorts[] = {23, 2323, 8'080, 80, 7'547, 5'555, 37'215, 49'152};

}  // namespace

// Bots without a server, in the BitTorrent DHT like Hajime and Mozi (Herwig et al., "Measurement
// and analysis of Hajime", NDSS 2019): datagrams to ever other peers, telnet and exploit scanning.
// Rates and ports are assumed.
constinit const BotnetFigures kPeerToPeer = {
    .talk = BotnetFigures::Talk::kPeers,
    .period = std::chrono::seconds(3),
    .jitter_permille = 450,
    .up = {60, 120},
    .down = {100, 300},
    .scan_rate = 60,
    .scan_duty_permille = 500,
    .scan_ports = kScanPorts,
};

}  // namespace noroshi::simulate
