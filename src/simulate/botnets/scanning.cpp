#include "simulate/botnets/bot.h"
#include "simulate/internet/internet.h"

namespace noroshi::simulate {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kPart{10};
constexpr std::uint16_t kDefaultPorts[] = {23, 2323};

/// SYNs to random addresses from one source port, as a raw socket sends them. Of a thousand targets
/// 40 refuse and four answer (assumed); with one in two of those the bot tries passwords on a
/// connection of its own, and tells the report server, if there is one, of one success in eight.
class Scanning final : public BotPart, private Probes {
 public:
  Scanning(Infection& bot, Draws draws) : bot_(bot), draws_(draws) {
    auto own = draws;
    source_port_ = bot.line.port(own);
    const auto& figures = bot.botnet->figures();
    ports_ = figures.scan_ports.empty() ? std::span<const std::uint16_t>(kDefaultPorts)
                                        : figures.scan_ports;
    duty_permille_ = figures.scan_duty_permille > 0 ? figures.scan_duty_permille : 500;
    // Machines differ.
    rate_ = own.between(bot.botnet->scan_rate() * 8ull, bot.botnet->scan_rate() * 12ull);
  }

  void act(const Window& window, Wire& wire) override {
    const auto begins = std::max(window.from, bot_.from + seconds(bot_.newly ? 30 : 0));
    const auto ends = std::min(window.to, bot_.until);
    for (auto part = std::chrono::ceil<seconds>(begins.time_since_epoch()) / kPart;
         Timestamp(part * kPart) < ends; ++part) {
      const auto from = Timestamp(part * kPart);
      if (from < begins || !scans_in(static_cast<std::uint64_t>(part))) continue;
      auto of_part = draws_.of(static_cast<std::uint64_t>(part));
      const Sweep sweep{.start = from,
                        .duration = kPart - milliseconds(1),
                        .count = static_cast<std::uint32_t>(
                            std::max<std::uint64_t>(of_part.between(rate_ * 9 / 10, rate_), 1)),
                        .key = of_part.next(),
                        .probes = this};
      wire.add(sweep);
      bot_.activity.probes.add(from, from + sweep.duration, sweep.count);
      try_passwords(sweep, of_part, wire);
    }
  }

 private:
  /// Bouts of some minutes, in which it scans all the time or not at all.
  [[nodiscard]] bool scans_in(std::uint64_t part) const {
    constexpr std::uint64_t kPartsOfBout = 18;
    auto of_bout = draws_.of(~(part / kPartsOfBout));
    return of_bout.chance(duty_permille_);
  }

  Exchange probe(const Sweep& sweep, std::uint32_t k) const override {
    auto draws = Draws(sweep.key).of(k);
    const Endpoint target{Internet::anywhere(draws), Port{ports_[draws.below(ports_.size())]},
                          kTcp};
    auto knock = bot_.call(draws, target, 0, sweep.start);
    knock.client_port = source_port_;
    const auto luck = draws.below(1000);
    add_syn(knock, luck < 40   ? SynAnswer::kReset
                   : luck < 44 ? SynAnswer::kAccept
                               : SynAnswer::kNone);
    return knock;
  }

  void try_passwords(const Sweep& sweep, Draws& draws, Wire& wire) const {
    for (auto logins = draws.poisson(sweep.count * 2ull); logins > 0; --logins) {
      auto login = sweep.probe(static_cast<std::uint32_t>(draws.below(sweep.count)));
      login.up = login.down = {};
      login.start += milliseconds(700);
      login.client_port = bot_.line.port(draws);
      login.duration = seconds(6);
      add_tcp(login, {.opens = true, .closes = true, .up_bytes = 140, .down_bytes = 900});
      wire.add(login);
      const auto* to = bot_.botnet->reports_to();
      if (to == nullptr || !draws.chance(125)) continue;
      auto report = bot_.call(draws, to->endpoint, to->subject, login.start + seconds(7));
      report.duration = milliseconds(400);
      add_tcp(report, {.opens = true, .closes = true, .up_bytes = 32, .down_bytes = 0});
      wire.add(report);
    }
  }

  Infection& bot_;
  Draws draws_;
  std::span<const std::uint16_t> ports_;
  std::uint16_t source_port_ = 0;
  std::uint32_t duty_permille_ = 0;
  std::uint64_t rate_ = 0;  // of probes in ten seconds
};

}  // namespace

std::unique_ptr<BotPart> make_scanning(Infection& bot, Draws draws) {
  return std::make_unique<Scanning>(bot, draws);
}

}  // namespace noroshi::simulate
