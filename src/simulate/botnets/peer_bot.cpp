#include "simulate/botnets/bot.h"
#include "simulate/internet/internet.h"

namespace noroshi::simulate {
namespace {

using std::chrono::milliseconds;

/// Datagrams to ever other peers from one port, some of them known for long, half of which answer.
class PeerBot final : public BotPart {
 public:
  PeerBot(Infection& bot, Draws draws) : bot_(bot), draws_(draws) {
    port_ = bot.line.fixed_port(static_cast<std::uint16_t>(draws_.between(4'000, 60'000)));
    next_ = bot.from + draws_.between(milliseconds(0), bot.botnet->period());
    for (auto& neighbour : neighbours_) neighbour = draws_.below(Internet::kPeers * 8);
  }

  void act(const Window& window, Wire& wire) override {
    const auto& botnet = *bot_.botnet;
    const auto end = std::min(window.to, bot_.until);
    const auto jitter = botnet.period() * botnet.jitter_permille() / 1000;
    for (; next_ < end; next_ += std::max<milliseconds>(
                            botnet.period() + draws_.between(-jitter, jitter), milliseconds(50))) {
      const bool known = draws_.chance(400);
      const auto which = known ? neighbours_[draws_.below(neighbours_.size())]
                               : draws_.below(Internet::kPeers * 8);
      const Port port{static_cast<std::uint16_t>(1'025 + Draws(which).below(60'000))};
      auto query = bot_.call(draws_, {Internet::peer(which), port, kUdp}, 0, next_);
      query.client_port = port_;
      query.duration = milliseconds(1);
      const auto& figures = botnet.figures();
      add_udp(
          query,
          {.up_packets = 1,
           .up_size = static_cast<std::uint16_t>(draws_.between(figures.up.least, figures.up.most)),
           .down_packets = draws_.chance(known ? 850 : 350) ? 1u : 0u,
           .down_size =
               static_cast<std::uint16_t>(draws_.between(figures.down.least, figures.down.most))});
      wire.add(query);
      bot_.activity.calls.add(next_, next_, 1);
    }
  }

 private:
  Infection& bot_;
  Draws draws_;
  std::uint16_t port_ = 0;
  Timestamp next_;
  std::array<std::uint64_t, 24> neighbours_{};
};

}  // namespace

std::unique_ptr<BotPart> make_peers(Infection& bot, Draws draws) {
  return std::make_unique<PeerBot>(bot, draws);
}

}  // namespace noroshi::simulate
