#include <array>

#include "simulate/habits/catalogue.h"
#include "simulate/habits/rhythm.h"
#include "simulate/habits/service.h"

namespace noroshi::simulate {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::uint64_t kResearchScanners = 180;
constexpr std::uint64_t kFirstStranger = 1'000;
constexpr std::uint64_t kStrangers = 200'000;

// What every address hears. NICTER 2024: about 2.4 million packets an address a year, one every
// 13 s, some 60 % of them from surveys; institutional scanners are half a per cent of sources and
// half of the packets. Ports: 23/tcp a quarter, the rest spread; the exact mixture is assumed.
class InboundScans final : public BlockHabit, private Probes {
 public:
  InboundScans(const HabitSetting& setting, std::uint32_t rate_permille)
      : internet_(setting.internet),
        population_(setting.population),
        rate_permille_(rate_permille) {}

  void act(std::uint32_t first, std::uint32_t count, Draws draws, const Window& window,
           Wire& wire) const override {
    constexpr seconds kPart{10};
    constexpr std::uint64_t kMillisecondsBetween = 13'000;
    const auto part_of = [&](Timestamp moment) {
      return std::chrono::floor<seconds>(moment.time_since_epoch()) / kPart;
    };
    for (auto part = part_of(window.from); Timestamp(part * kPart) < window.to; ++part) {
      const auto begins = Timestamp(part * kPart);
      if (!window.contains(begins)) continue;
      auto of_part = draws.of(static_cast<std::uint64_t>(part));
      const auto thousandths =
          std::uint64_t{count} * 10'000 * rate_permille_ / kMillisecondsBetween;
      const auto probes = thousandths / 1000 + (of_part.below(1000) < thousandths % 1000 ? 1 : 0);
      if (probes == 0) continue;
      wire.add(Sweep{.start = begins,
                     .duration = kPart - milliseconds(1),
                     .count = static_cast<std::uint32_t>(probes),
                     .key = of_part.next(),
                     .context = std::uint64_t{first} << 32 | count,
                     .probes = this});
    }
  }

 private:
  Exchange probe(const Sweep& sweep, std::uint32_t k) const override {
    static constexpr std::array<std::uint16_t, 16> kSurveyed = {
        22, 80, 443, 8080, 8443, 3389, 21, 25, 5900, 445, 23, 161, 1883, 5060, 27'017, 9200};
    static constexpr std::array<std::uint16_t, 12> kAttacked = {
        23, 23, 23, 2323, 22, 445, 8080, 5555, 3389, 80, 37'215, 8443};
    auto draws = Draws(sweep.key).of(k);
    const auto first = static_cast<std::uint32_t>(sweep.context >> 32);
    const auto count = static_cast<std::uint32_t>(sweep.context);
    const auto line = population_.line(first + static_cast<std::uint32_t>(draws.below(count)));
    const bool survey = draws.chance(580);
    const auto from = internet_.stranger(survey ? draws.zipf(kResearchScanners)
                                                : kFirstStranger + draws.zipf(kStrangers));
    std::uint16_t port = 0;
    if (survey)
      port = draws.chance(400) ? static_cast<std::uint16_t>(draws.between(1, 65'535))
                               : kSurveyed[draws.below(kSurveyed.size())];
    else
      port = kAttacked[draws.below(kAttacked.size())];
    auto knock = called_by(line, draws, from, port, kTcp, sweep.start);
    add_syn(knock, answer_of(line, port, draws));
    return knock;
  }

  static SynAnswer answer_of(const Subscriber& line, std::uint16_t port, Draws& draws) {
    if (line.shares_address()) return SynAnswer::kNone;  // nothing comes in through the NAT
    if (line.kind == LineKind::kServer && (port == 80 || port == 443 || port == 22))
      return SynAnswer::kAccept;
    if (draws.chance(12)) return SynAnswer::kAccept;
    return draws.chance(150) ? SynAnswer::kReset : SynAnswer::kNone;
  }

  const Internet& internet_;
  const Population& population_;
  std::uint32_t rate_permille_;
};

}  // namespace

std::unique_ptr<BlockHabit> inbound_scans(const HabitSetting& setting,
                                          std::uint32_t rate_permille) {
  return std::make_unique<InboundScans>(setting, rate_permille);
}

std::vector<IpAddress> research_scanners(const Internet& internet) {
  std::vector<IpAddress> addresses;
  for (std::uint64_t number = 0; number < kResearchScanners; ++number)
    addresses.push_back(internet.stranger(number));
  return addresses;
}

}  // namespace noroshi::simulate
