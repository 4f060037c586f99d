#include <algorithm>

#include "simulate/habits/catalogue.h"
#include "simulate/habits/rhythm.h"
#include "simulate/habits/service.h"

namespace noroshi::simulate {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::uint16_t kHttps = 443;

// Pages: sittings of some pages, each a few connections to sites of very different popularity
// (Zipf's law: Breslau et al., "Web caching and Zipf-like distributions", INFOCOM 1999), sizes
// heavy-tailed (Crovella and Bestavros, "Self-similarity in World Wide Web traffic", 1997), a third
// over QUIC. How often, how many and how large is assumed.
class Web final : public LineHabit {
 public:
  explicit Web(const HabitSetting& setting)
      : internet_(setting.internet),
        sites_(3'000 + setting.plan.lines / 20),
        resolvers_(setting, "resolvers",
                   {{Internet::resolver(0), 53, kUdp}, {Internet::resolver(1), 53, kUdp}}) {}

  void act(const Subscriber& line, Draws draws, const Window& window, Wire& wire) const override {
    const Sittings sittings{.per_hour_thousandths = 1'500, .longest = minutes(25)};
    for_each_sitting(line, draws, sittings, window, [&](Timestamp begins, Draws sitting) {
      auto when = begins;
      auto pages = sitting;
      for (std::uint64_t page = pages.heavy_tailed(2, 24, 600); page > 0; --page) {
        if (when >= window.to || when - begins >= sittings.longest) return;
        if (when >= window.from) load(line, pages.of(page), when, wire);
        when += seconds(2) + pages.exponential(seconds(45));
      }
    });
  }

 private:
  void load(const Subscriber& line, Draws draws, Timestamp when, Wire& wire) const {
    for (auto connections = draws.heavy_tailed(1, 6, 350); connections > 0; --connections) {
      if (draws.chance(450)) {
        auto query = contact(line, draws, resolvers_.servers()[draws.chance(150)], when);
        query.duration = milliseconds(1);
        add_udp(query, {.up_packets = 1, .up_size = 40, .down_packets = 1, .down_size = 160});
        wire.add(query);
      }
      when += draws.between(milliseconds(20), milliseconds(300));
      fetch(line, draws, when, wire);
    }
  }

  void fetch(const Subscriber& line, Draws& draws, Timestamp when, Wire& wire) const {
    constexpr std::uint64_t kPool = 0x3eb;
    const auto rank = draws.zipf(sites_);
    // The popular are with content networks and clouds, the long tail on rented servers.
    const auto network = rank < 300      ? NetworkKind::kContent
                         : rank % 3 == 0 ? NetworkKind::kCloud
                                         : NetworkKind::kHosting;
    const auto site = internet_.server(kPool, rank, network, 400);
    const auto bytes = draws.heavy_tailed(3'000, 20'000'000, 430);
    const auto rate = draws.between(500'000, 6'000'000);
    const auto request = draws.between(400, 3'000);
    if (rank % 3 != 1) {
      transfer(contact(line, draws, site, rank % 40 == 0 ? 80 : kHttps, kTcp, when),
               {.up_bytes = request, .down_bytes = bytes, .bytes_per_second = rate}, wire);
      return;
    }
    auto quic = contact(line, draws, site, kHttps, kUdp, when);
    quic.duration = std::min<milliseconds>(
        milliseconds(static_cast<std::int64_t>(50 + bytes * 1000 / rate)), Exchange::kLongest);
    const auto packets = static_cast<std::uint32_t>(bytes / 1250 + 2);
    add_udp(quic, {.up_packets = packets / 3 + 2,
                   .up_size = static_cast<std::uint16_t>(draws.between(40, 300)),
                   .down_packets = packets,
                   .down_size = 1250});
    wire.add(quic);
  }

  const Internet& internet_;
  std::uint64_t sites_;
  Service resolvers_;
};

}  // namespace

constinit const HabitEntry kWeb = {
    "web", {900, 950, 100}, [](const HabitSetting& setting) -> std::unique_ptr<LineHabit> {
      return std::make_unique<Web>(setting);
    }};

}  // namespace noroshi::simulate
