#pragma once

#include <chrono>
#include <cstdint>
#include <span>

#include "simulate/plan/plan.h"

namespace noroshi::simulate {

/// What bots of a kind do unless their plan says otherwise. One constant of this for each kind, in
/// a file of its own that says where the figures come from.
struct BotnetFigures {
  enum class Talk : std::uint8_t {
    kKeepAlive,    ///< one long TCP connection, small messages
    kPolls,        ///< a connection of its own each time
    kPeers,        ///< no server: datagrams among peers
    kInteractive,  ///< a long connection with somebody at the other end now and then
  };
  struct Octets {
    std::uint32_t least = 0;
    std::uint32_t most = 0;
  };

  Talk talk = Talk::kKeepAlive;
  std::chrono::seconds period{60};
  std::uint32_t jitter_permille =
      10;                          ///< of the period, either way; waits begin where the last ended
  std::chrono::seconds retry{16};  ///< after a call that nobody answered
  std::span<const std::uint16_t> ports = {};
  Octets up{2, 2};  ///< application data of a beat
  Octets down{2, 2};
  std::uint32_t task_permille = 0;  ///< beats that bring something to do: `task_up`, `task_down`
  Octets task_up{};
  Octets task_down{};
  std::uint32_t servers = 1;
  std::chrono::minutes move_every{0};  ///< 0: stays

  bool loads = false;                    ///< a loader logs in over telnet and has the bot fetched
  bool reports = false;                  ///< credentials found go to a server of their own
  std::uint32_t scan_rate = 0;           ///< probes a second while scanning
  std::uint32_t scan_duty_permille = 0;  ///< of its time
  std::span<const std::uint16_t> scan_ports = {};
  std::uint32_t attacks = 0;  ///< floods a day
  bool in_offices = false;    ///< infects offices as well as homes, three in five
};

extern const BotnetFigures kMirai;
extern const BotnetFigures kGafgyt;
extern const BotnetFigures kIrc;
extern const BotnetFigures kHttpBeacon;
extern const BotnetFigures kTorii;
extern const BotnetFigures kFastFlux;
extern const BotnetFigures kDead;
extern const BotnetFigures kPeerToPeer;
extern const BotnetFigures kRat;

[[nodiscard]] const BotnetFigures& figures_of(BotnetKind kind);

}  // namespace noroshi::simulate
