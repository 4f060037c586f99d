#include "learn/baselines.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <unordered_map>
#include <vector>

#include "model/flow_batch.h"

namespace noroshi {
namespace {

constexpr std::uint64_t kDay = 86'400'000;

/// The quantile of sorted values by linear interpolation.
double quantile(const std::vector<double>& sorted, double share) {
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const auto above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

/// ½[(1 − |Bowley skewness|) + (median − MAD) / median].
double regularity(std::vector<double> values, double without_median) {
  std::ranges::sort(values);
  const double low = quantile(values, 0.25), median = quantile(values, 0.5),
               high = quantile(values, 0.75);
  double skewness = 0;
  if (high - low >= 10 && median != low && median != high)
    skewness = (low + high - 2 * median) / (high - low);
  double spread = without_median;
  if (median >= 1) {
    for (auto& value : values) value = std::abs(value - median);
    std::ranges::sort(values);
    spread = std::max(0.0, (median - quantile(values, 0.5)) / median);
  }
  return ((1 - std::abs(skewness)) + spread) / 2;
}

constexpr std::size_t kBars = 24;
using Histogram = std::array<double, kBars>;

double evenness(const Histogram& bars) {
  double sum = 0, squares = 0, most = 0;
  std::size_t filled = 0;
  for (const double bar : bars) {
    sum += bar;
    squares += bar * bar;
    most = std::max(most, bar);
    filled += bar > 0 ? 1U : 0U;
  }
  const double mean = sum / kBars;
  const double deviation = std::sqrt(std::max(0.0, squares / kBars - mean * mean));
  const double even = mean > 0 ? std::max(0.0, 1 - deviation / mean) : 0;
  if (filled < 11) return even;
  // Two heights that come again and again, told apart to a twentieth of the highest.
  std::map<double, double> heights;
  const double step = std::max(1.0, std::ceil(0.05 * most));
  for (const double bar : bars)
    if (bar > 0) ++heights[std::floor(bar / step) * step];
  std::vector<double> counts;
  for (const auto& [height, count] : heights) counts.push_back(count);
  std::ranges::sort(counts, std::ranges::greater{});
  const double two = counts[0] + (counts.size() > 1 ? counts[1] : 0);
  return std::max(even, std::min(1.0, two / std::max(static_cast<double>(filled) - 1, 1.0)));
}

double duration(const Histogram& bars, double covered) {
  const auto filled = std::ranges::count_if(bars, [](double bar) { return bar > 0; });
  if (filled < 6) return 0;
  std::size_t run = 0, longest = 0;
  for (std::size_t bar = 0; bar < 2 * kBars; ++bar) {
    run = bars[bar % kBars] > 0 ? run + 1 : 0;
    longest = std::max(longest, std::min(run, kBars));
  }
  return std::max(std::min(1.0, std::ceil(1000 * covered) / 1000),
                  std::min(1.0, static_cast<double>(longest) / 12));
}

/// From `base`, `low`, `medium` and `high` to 0.2, 0.4, 0.6 and 0.8, straight lines between.
double threat(double value, const std::array<double, 4>& marks) {
  if (value < marks[0]) return 0;
  for (std::size_t mark = 1; mark < marks.size(); ++mark)
    if (value < marks[mark])
      return 0.2 * (static_cast<double>(mark) +
                    (value - marks[mark - 1]) / (marks[mark] - marks[mark - 1]));
  return 0.8;
}

}  // namespace

std::string_view to_string(Baseline baseline) {
  constexpr std::array<std::string_view, kBaselines> kNames{
      "rita", "slips", "scanners", "feed", "degree", "syn_ratio", "rules"};
  return kNames[static_cast<std::size_t>(baseline)];
}

double rita_beacon_score(const Contact& contact, std::uint64_t begin, std::uint64_t length) {
  std::vector<double> gaps, bytes;
  Histogram bars{};
  std::uint64_t before = 0;
  std::size_t different = 0;
  for (const auto& event : contact.events) {
    const auto second = event.time / 1000;
    if (different == 0 || second != before) ++different;
    if (before != 0 && second > before) gaps.push_back(static_cast<double>(second - before));
    before = second;
    bytes.push_back(static_cast<double>(event.bytes_up));
    const auto at = event.time < begin ? 0 : (event.time - begin) * kBars / length;
    ++bars[std::min<std::uint64_t>(at, kBars - 1)];
  }
  if (different < 4 || gaps.size() < 3) return 0;
  const double covered =
      static_cast<double>(contact.last - contact.first) / static_cast<double>(length);
  const double score =
      (regularity(gaps, 1) + regularity(bytes, 0) + duration(bars, covered) + evenness(bars)) / 4;
  return std::round(score * 1000) / 1000;
}

double rita_score(std::span<const Contact* const> contacts, std::uint64_t hosts,
                  std::uint64_t begin, std::uint64_t length) {
  double best = 0;
  for (const auto* contact : contacts) {
    const auto strobe = 86'400 * length / kDay;
    if (contact->connections >= strobe) best = std::max(best, 0.8);
    best =
        std::max(best, threat(100 * rita_beacon_score(*contact, begin, length), {50, 70, 90, 100}));
    double open = 0;
    for (const auto& event : contact->events) open += static_cast<double>(event.duration) / 1000;
    best = std::max(best, threat(open, {3600, 14'400, 28'800, 43'200}));
  }
  const double share =
      hosts == 0 ? 1 : static_cast<double>(contacts.size()) / static_cast<double>(hosts);
  return best + (share <= 0.02 ? 0.15 : share >= 0.5 ? -0.15 : 0);
}

double slips_score(std::span<const Contact* const> contacts) {
  double best = 0;
  for (const auto* contact : contacts) {
    // Periodicity letters: how the last two gaps compare.
    double strong = 0, letters = 0;
    if (contact->server.protocol == kTcp && contact->answered > 0) {
      for (std::size_t index = 2; index < contact->events.size(); ++index) {
        const auto gap = [&](std::size_t at) {
          return std::max(
              0.001, static_cast<double>(contact->events[at].time - contact->events[at - 1].time));
        };
        const double ratio = gap(index) / gap(index - 1);
        const double difference = std::max(ratio, 1 / ratio);
        strong += difference <= 1.05 ? 1 : difference <= 1.3 ? 0.5 : 0;
        ++letters;
      }
    }
    constexpr double kHigh = 0.8, kMedium = 0.5, kLow = 0.2;
    double score = 0;
    if (letters > 0) score += kHigh * strong / letters * std::min(1.0, letters / 100);
    if (contact->longest >= 1'500'000) score += kLow;
    if (contact->refused >= 5) score += kMedium;
    if (contact->bytes_up >= 100'000'000) score += kMedium;
    best = std::max(best, score);
  }
  return best;
}

std::unordered_set<IpAddress> syn_heavy_clients(const ContactSummary& summary) {
  struct Sent {
    double openings = 0;
    double packets = 0;
  };
  std::unordered_map<IpAddress, Sent> clients;
  for (const auto& activity : summary.port_activity) {
    if (activity.protocol != kTcp) continue;
    auto& sent = clients[activity.client];
    sent.openings += static_cast<double>(activity.destinations);
    sent.packets += static_cast<double>(activity.destinations);
  }
  for (const auto& contact : summary.contacts) {
    if (contact.server.protocol != kTcp || contact.answered == 0) continue;
    clients[contact.client].packets += static_cast<double>(contact.packets_up);
  }
  std::unordered_set<IpAddress> heavy;
  constexpr double kLeastRatio = 0.7, kLeastOpenings = 10;
  for (const auto& [client, sent] : clients)
    if (sent.openings >= kLeastOpenings && sent.openings >= kLeastRatio * sent.packets)
      heavy.insert(client);
  return heavy;
}

}  // namespace noroshi
