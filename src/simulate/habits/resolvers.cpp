#include "simulate/habits/catalogue.h"
#include "simulate/habits/rhythm.h"
#include "simulate/habits/service.h"

namespace noroshi::simulate {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Names (RFC 1035): what devices ask for by themselves, at the provider's resolvers, by some lines
// at public ones. What people look up comes with their pages. Shares and rates are assumed.
class Resolvers final : public LineHabit {
 public:
  explicit Resolvers(const HabitSetting& setting)
      : own_(setting, "resolvers", own_servers()),
        public_(setting, {.habit = "resolvers",
                          .servers = 8,
                          .v6_permille = 900,
                          .protocol = kUdp,
                          .ports = {53}}) {}

  void act(const Subscriber& line, Draws draws, const Window& window, Wire& wire) const override {
    auto own = draws;
    const bool elsewhere = own.chance(150);
    const auto& elsewhere_server = public_.choose(own);
    const Rhythm rhythm{.interval = own.between(seconds(40), seconds(400)), .jitter = seconds(15)};
    for_each_beat(draws.of(1), rhythm, window, [&](Timestamp when, Draws of_beat) {
      const auto& server = elsewhere ? elsewhere_server : own_.servers()[of_beat.chance(150)];
      auto query = contact(line, of_beat, server, when);
      query.duration = milliseconds(1);
      add_udp(query, {.up_packets = 1,
                      .up_size = static_cast<std::uint16_t>(of_beat.between(28, 60)),
                      .down_packets = 1,
                      .down_size = static_cast<std::uint16_t>(of_beat.between(60, 420))});
      wire.add(query);
    });
  }

 private:
  static std::vector<Service::Server> own_servers() {
    std::vector<Service::Server> servers;
    for (const auto which : {0u, 1u})
      servers.push_back({.site = Internet::resolver(which), .port = 53, .protocol = kUdp});
    return servers;
  }

  Service own_;
  Service public_;
};

}  // namespace

constinit const HabitEntry kResolvers = {
    "resolvers", {950, 900, 900}, [](const HabitSetting& setting) -> std::unique_ptr<LineHabit> {
      return std::make_unique<Resolvers>(setting);
    }};

}  // namespace noroshi::simulate
