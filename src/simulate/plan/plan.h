#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/time.h"
#include "net/endpoint.h"

namespace noroshi::simulate {

/// The kinds of botnet there are (botnets/). Each brings its own ports, sizes and rhythm; a plan
/// may say otherwise.
enum class BotnetKind : std::uint8_t {
  kMirai,
  kGafgyt,
  kIrc,
  kHttpBeacon,
  kTorii,
  kFastFlux,
  kDead,
  kPeerToPeer,
  kRat,
};
inline constexpr std::size_t kBotnetKinds = 9;

/// One botnet of a scenario. Moments are offsets from the scenario's start.
struct BotnetPlan {
  std::string name;
  BotnetKind kind = BotnetKind::kMirai;
  std::string family;  ///< what the truth calls it; the kind's name if not said
  std::uint32_t lines = 1;
  std::chrono::milliseconds from{0};
  std::chrono::milliseconds until{0};       ///< 0: the scenario's end
  std::chrono::milliseconds spread{0};      ///< lines are infected over so long from `from` on
  std::chrono::milliseconds period{0};      ///< between beats; 0: the kind's
  std::int32_t jitter_permille = -1;        ///< of the period, either way; −1: the kind's
  std::uint16_t port = 0;                   ///< the C&C server's; 0: one of the kind's
  std::uint32_t servers = 0;                ///< at once; 0: the kind's
  std::chrono::milliseconds move_every{0};  ///< the server moves to another address; 0: the kind's
  std::chrono::milliseconds dead_from{-1};  ///< answers nobody from then on; −1: never
  std::chrono::milliseconds sinkhole_from{-1};  ///< a sinkhole has its place from then on
  std::int32_t scan = -1;                       ///< 0, 1; −1: as the kind does
  std::uint32_t scan_rate = 0;                  ///< probes a second; 0: the kind's
  std::int32_t attacks = -1;                    ///< floods in the scenario; −1: the kind's
  std::chrono::milliseconds attack_length{240'000};
};

/// A server that a recording is known to hold.
struct KnownServer {
  Endpoint endpoint;
  std::string role;  ///< command, report, load, sinkhole, service
  std::string family;
};

/// A recording put into the scenario.
struct InjectPlan {
  std::string file;  ///< as written; relative to the scenario's folder, or to a folder of data
  IpAddress host;    ///< the recorded host, which becomes a line
  std::chrono::milliseconds shift{
      0};                   ///< the recording's first flow begins so long after the start
  std::int64_t line = -1;   ///< which line; −1: drawn
  std::uint32_t times = 1;  ///< so many lines get it, each shifted by `stagger` more
  std::chrono::milliseconds stagger{0};
  std::string family;  ///< empty: the host is clean
  std::vector<KnownServer> servers;
};

/// One way of watching: what a set of routers that sample and meter alike export.
struct ViewPlan {
  std::string name;
  std::uint32_t sampling = 1;
  std::chrono::milliseconds active_timeout{60'000};
  std::chrono::milliseconds idle_timeout{15'000};
  std::string format = "nfcapd";  ///< nfcapd, ipfix; netflow5, netflow9, ipfix-udp, sflow as pcap
  std::chrono::seconds rotate{std::chrono::hours(1)};  ///< of files; 0: one file
};

/// A scenario for the simulated provider: everything that decides its packets and how they are
/// watched. The same plan gives the same rows on every machine, however many threads there are.
struct Plan {
  static constexpr std::uint32_t kMostLines = 10'000'000;
  static constexpr std::chrono::hours kLongest{7 * 24};
  static constexpr std::uint32_t kLargestSampling = 10'000;
  static constexpr std::size_t kMostViews = 8;
  static constexpr std::size_t kMostBotnets = 1'000;
  static constexpr std::uint32_t kMostBots = 200'000;  ///< in all

  std::string name = "scenario";
  std::string folder;  ///< where the file is; relative paths begin there
  std::uint64_t seed = 1;
  Timestamp start{std::chrono::sys_days{std::chrono::year(2026) / 11 / 1} +
                  std::chrono::hours(15)};  ///< midnight in Japan, a Monday; whole seconds
  std::chrono::seconds duration{std::chrono::hours(2)};

  std::uint32_t lines = 2'000;
  std::uint32_t offices_permille = 50;
  std::uint32_t servers_permille = 8;
  std::uint32_t cgn_permille = 150;  ///< of all lines: many behind one address
  std::uint32_t cgn_lines = 32;      ///< that share one address, a block of ports each
  std::uint32_t ipv6_permille = 350;
  std::uint32_t activity_permille = 1'000;  ///< of people, not of devices
  /// By habit's name, thousandths of its usual share of lines; absent: 1000.
  std::map<std::string, std::uint32_t, std::less<>> habits;

  std::vector<BotnetPlan> botnets;
  std::vector<InjectPlan> injections;
  std::vector<ViewPlan> views;

  [[nodiscard]] Timestamp end() const { return start + duration; }
};

/// "mirai", "gafgyt", "irc", "http_beacon", "torii", "fast_flux", "dead", "p2p", "rat".
[[nodiscard]] std::string_view to_string(BotnetKind kind);

}  // namespace noroshi::simulate
