#include "simulate/botnets/bot.h"

namespace noroshi::simulate {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kPart{5};

/// Floods that the botnet's plan names: datagrams of one size, or SYNs from ever other ports.
class Flooding final : public BotPart, private Probes {
 public:
  Flooding(Infection& bot, Draws draws) : bot_(bot), draws_(draws) {
    auto own = draws;
    rate_ = static_cast<std::uint32_t>(own.between(200, 800));
    size_ = static_cast<std::uint16_t>(own.chance(500) ? 512 : 1'400);
    late_ = own.between(milliseconds(0), milliseconds(3'000));
  }

  void act(const Window& window, Wire& wire) override {
    for (std::size_t index = 0; index < bot_.botnet->attacks().size(); ++index) {
      const auto& attack = bot_.botnet->attacks()[index];
      const auto from = std::max(attack.from, bot_.from) + late_;
      const auto until = std::min(attack.until, bot_.until);
      if (until <= window.from || from >= window.to) continue;
      const auto gone = window.from - from;
      for (auto k = std::max<std::int64_t>(gone / kPart, 0); from + k * kPart < until; ++k) {
        const auto when = from + k * kPart;
        if (when >= window.to) break;
        if (when >= window.from) send(attack, index, static_cast<std::uint64_t>(k), when, wire);
      }
    }
  }

 private:
  void send(const Botnet::Attack& attack, std::size_t index, std::uint64_t k, Timestamp when,
            Wire& wire) {
    auto of_part = draws_.of(index << 32 | k);
    const auto packets =
        static_cast<std::uint32_t>(of_part.between(rate_ * 9 / 10, rate_ * 11 / 10) *
                                   static_cast<std::uint64_t>(kPart.count()));
    bot_.activity.packets.add(when, when + kPart, packets);
    if (attack.victim.protocol == kUdp) {
      auto flow = draws_.of(index);
      auto part = bot_.call(flow, attack.victim, attack.subject, when);
      part.duration = kPart;
      add_udp(part, {.up_packets = packets, .up_size = size_, .down_packets = 0});
      wire.add(part);
      return;
    }
    wire.add(Sweep{.start = when,
                   .duration = kPart - milliseconds(1),
                   .count = packets,
                   .key = of_part.next(),
                   .context = index,
                   .line = bot_.line.index,
                   .subject = attack.subject,
                   .size = 40,
                   .probes = this});
  }

  Exchange probe(const Sweep& sweep, std::uint32_t k) const override {
    auto draws = Draws(sweep.key).of(k);
    const auto& attack = bot_.botnet->attacks()[sweep.context];
    auto packet = bot_.call(draws, attack.victim, attack.subject, sweep.start);
    add_syn(packet, draws.chance(20) ? SynAnswer::kAccept : SynAnswer::kNone);
    return packet;
  }

  Infection& bot_;
  Draws draws_;
  std::uint32_t rate_ = 0;
  std::uint16_t size_ = 0;
  milliseconds late_{0};
};

}  // namespace

std::unique_ptr<BotPart> make_flooding(Infection& bot, Draws draws) {
  return std::make_unique<Flooding>(bot, draws);
}

}  // namespace noroshi::simulate
