#include "simulate/habits/catalogue.h"
#include "simulate/habits/rhythm.h"
#include "simulate/habits/service.h"

namespace noroshi::simulate {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// BitTorrent: DHT queries of about 100 octets to ever other nodes (BEP 5), half of which do not
// answer; pieces from some peers over TCP and µTP (BEP 29); announces to a tracker every half hour
// (BEP 3). Rates and shares are assumed.
class Bittorrent final : public LineHabit {
 public:
  explicit Bittorrent(const HabitSetting& setting)
      : trackers_(setting, {.habit = "bittorrent",
                            .servers = servers_for(setting.plan, 12, 50'000),
                            .network = NetworkKind::kHosting,
                            .protocol = kUdp,
                            .ports = {1'337, 6'969, 80}}) {}

  void act(const Subscriber& line, Draws draws, const Window& window, Wire& wire) const override {
    auto own = draws;
    const auto port = line.fixed_port(static_cast<std::uint16_t>(own.between(6'881, 60'000)));
    query_nodes(line, draws, port, window, wire);
    const Rhythm announces{.interval = minutes(30), .jitter = seconds(20)};
    for_each_beat(draws.of(2), announces, window, [&](Timestamp when, Draws of_beat) {
      auto announce = contact(line, of_beat, trackers_.choose(of_beat), when);
      announce.client_port = port;
      announce.duration = milliseconds(200);
      add_udp(announce, {.up_packets = 2, .up_size = 98, .down_packets = 2, .down_size = 320});
      wire.add(announce);
    });
    const Sittings sittings{.per_hour_thousandths = 600, .longest = minutes(150)};
    for_each_sitting(line, draws.of(3), sittings, window, [&](Timestamp begins, Draws sitting) {
      download(line, begins, sitting, port, sittings.longest, window, wire);
    });
  }

 private:
  static Exchange to_peer(const Subscriber& line, Draws& draws, Protocol protocol, Timestamp when) {
    const auto which = draws.below(Internet::kPeers * 8);
    const auto peer_port = static_cast<std::uint16_t>(6'881 + Draws(which).below(50'000));
    auto exchange =
        contact(line, draws, Site{Internet::peer(which), {}}, peer_port, protocol, when);
    return exchange;
  }

  static void query_nodes(const Subscriber& line, Draws draws, std::uint16_t port,
                          const Window& window, Wire& wire) {
    const Rhythm queries{.interval = seconds(6), .jitter = milliseconds(2'900)};
    for_each_beat(draws.of(1), queries, window, [&](Timestamp when, Draws of_beat) {
      auto query = to_peer(line, of_beat, kUdp, when);
      query.client_port = port;
      query.duration = milliseconds(1);
      add_udp(query, {.up_packets = 1,
                      .up_size = static_cast<std::uint16_t>(of_beat.between(95, 120)),
                      .down_packets = of_beat.chance(500) ? 1u : 0u,
                      .down_size = static_cast<std::uint16_t>(of_beat.between(250, 320))});
      wire.add(query);
    });
  }

  static void download(const Subscriber& line, Timestamp begins, Draws sitting, std::uint16_t port,
                       milliseconds longest, const Window& window, Wire& wire) {
    auto own = sitting;
    const auto ends =
        begins + std::min<milliseconds>(minutes(5) + own.exponential(minutes(40)), longest);
    for (auto peers = own.between(8, 30); peers > 0; --peers) {
      auto of_peer = sitting.of(1'000'000 + peers);
      const bool datagrams = of_peer.chance(600);
      auto conversation = to_peer(line, of_peer, datagrams ? kUdp : kTcp, begins);
      if (datagrams) conversation.client_port = port;
      const auto from = begins + of_peer.between(milliseconds(0), (ends - begins) / 2);
      const auto until = std::min(ends, from + of_peer.between(seconds(20), minutes(25)));
      constexpr seconds kPart{10};
      for_each_piece(from, until, kPart, window, [&](Timestamp when, std::int64_t k) {
        auto part = conversation;
        part.start = when;
        part.duration = kPart;
        auto of_part = of_peer.of(static_cast<std::uint64_t>(k));
        const auto bytes = of_part.heavy_tailed(2'000, 4'000'000, 600);
        if (datagrams)
          add_udp(part, {.up_packets = static_cast<std::uint32_t>(bytes / 2'800 + 1),
                         .up_size = 60,
                         .down_packets = static_cast<std::uint32_t>(bytes / 1'400 + 1),
                         .down_size = 1'400});
        else
          add_tcp(part, {.opens = k == 0,
                         .closes = when + kPart >= until,
                         .up_bytes = 300,
                         .down_bytes = bytes});
        wire.add(part);
      });
    }
  }

  Service trackers_;
};

}  // namespace

constinit const HabitEntry kBittorrent = {
    "bittorrent", {30, 5, 5}, [](const HabitSetting& setting) -> std::unique_ptr<LineHabit> {
      return std::make_unique<Bittorrent>(setting);
    }};

}  // namespace noroshi::simulate
