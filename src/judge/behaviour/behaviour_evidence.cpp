#include "judge/behaviour/behaviour_evidence.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>

namespace noroshi {
namespace {

constexpr std::uint64_t kMinute = 60'000;

double seconds_of(std::uint64_t milliseconds) { return static_cast<double>(milliseconds) / 1000.0; }

double median_of(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

/// 1 − MAD / median, not below 0: how alike sizes are (RITA v5 "ds").
double likeness(const std::vector<double>& values, double median) {
  if (median < 1) return 0;
  std::vector<double> deviations(values.size());
  std::ranges::transform(values, deviations.begin(),
                         [&](double value) { return std::abs(value - median); });
  return std::max(0.0, 1.0 - median_of(std::move(deviations)) / median);
}

Evidence behaviour(std::string_view code, double statistic, double llr,
                   std::vector<std::pair<std::string_view, std::string>> arguments) {
  return {EvidenceGroup::kBehaviour, code, statistic, llr, std::move(arguments)};
}

void add_unanswered(std::vector<Evidence>& found, const Contact& contact, const View& view) {
  constexpr std::uint64_t kLeastCalls = 5;
  /// An endless caller is about 150 times likelier to be a bot of a dead server than anything else.
  constexpr double kMost = 5.0;
  constexpr double kFullSpan = 30.0 * 60;
  const auto failed = unanswered(contact, view);
  const double share = static_cast<double>(failed) / static_cast<double>(contact.connections);
  if (failed < kLeastCalls || share < 0.3) return;
  const double span = seconds_of(contact.last - contact.first);
  const double patience = std::sqrt(std::min(1.0, span / kFullSpan));
  const double llr = std::min(kMost, 1.1 * std::log(static_cast<double>(failed) / 2)) * patience;
  found.push_back(behaviour("unanswered_calls", static_cast<double>(failed), llr,
                            {{"calls", fmt::format("{}", failed)},
                             {"all", fmt::format("{}", contact.connections)},
                             {"span", print_seconds(span)}}));
}

void add_retried(std::vector<Evidence>& found, const Contact& contact) {
  constexpr std::uint64_t kLeastRetried = 3;
  const double share =
      static_cast<double>(contact.retried) / static_cast<double>(contact.connections);
  if (contact.retried < kLeastRetried || share < 0.25 || contact.answered == 0) return;
  found.push_back(behaviour("failed_and_retried", share, 1.5,
                            {{"calls", fmt::format("{}", contact.retried)},
                             {"all", fmt::format("{}", contact.connections)}}));
}

void add_small_exchanges(std::vector<Evidence>& found, const Contact& contact) {
  constexpr std::size_t kLeastExchanges = 6;
  constexpr double kLargest = 1500;  // one full packet's worth each way
  constexpr double kAlike = 0.8;
  std::vector<double> up;
  std::vector<double> down;
  for (const auto& event : contact.events) {
    if (!event.answered || event.packets_up == 0 || event.packets_down == 0) continue;
    up.push_back(static_cast<double>(event.bytes_up));
    down.push_back(static_cast<double>(event.bytes_down));
  }
  if (up.size() < kLeastExchanges) return;
  const double median_up = median_of(up);
  const double median_down = median_of(down);
  const double alike = std::min(likeness(up, median_up), likeness(down, median_down));
  if (median_up > kLargest || median_down > kLargest || alike < kAlike) return;
  const double llr = 1.5 * std::min(1.0, static_cast<double>(up.size()) / 20);
  found.push_back(behaviour("small_regular_exchanges", alike, llr,
                            {{"exchanges", fmt::format("{}", up.size())},
                             {"up", fmt::format("{:.0f}", median_up)},
                             {"down", fmt::format("{:.0f}", median_down)}}));
}

void add_long_quiet(std::vector<Evidence>& found, const Contact& contact) {
  constexpr std::uint64_t kLeast = 30 * kMinute;
  constexpr std::uint64_t kVeryLong = 360 * kMinute;
  constexpr double kBytesPerSecond = 20;
  if (contact.longest < kLeast || contact.longest_bytes_down == 0) return;
  const double seconds = seconds_of(contact.longest);
  const double rate =
      static_cast<double>(std::max(contact.longest_bytes_up, contact.longest_bytes_down)) / seconds;
  if (rate > kBytesPerSecond) return;
  found.push_back(
      behaviour("long_quiet_connection", seconds, contact.longest >= kVeryLong ? 2.5 : 2.0,
                {{"span", print_seconds(seconds)}, {"rate", fmt::format("{:.1f}", rate)}}));
}

void add_port(std::vector<Evidence>& found, const Contact& contact, const ContactFacts& facts) {
  const auto port = fmt::format("{}", contact.server.port.value);
  if (facts.service.name == "telnet" || facts.service.name == "irc") {
    found.push_back(behaviour("favoured_port", contact.server.port.value, 1.5,
                              {{"port", port}, {"service", std::string(facts.service.name)}}));
    return;
  }
  if (!facts.service.name.empty()) return;
  // Over UDP, games, calls and peers use any port.
  const double llr = contact.server.protocol == kTcp ? 1.25 : 0.5;
  found.push_back(behaviour("unregistered_port", contact.server.port.value, llr, {{"port", port}}));
}

void add_volume(std::vector<Evidence>& found, const Contact& contact) {
  constexpr std::uint64_t kLeastExchanges = 6;
  constexpr double kSmall = 4096;
  constexpr double kBulk = 1 << 20;
  constexpr std::uint64_t kMuch = 10 << 20;
  const double per_connection = static_cast<double>(contact.bytes_up + contact.bytes_down) /
                                static_cast<double>(contact.connections);
  if (contact.bytes_down >= kMuch || per_connection >= kBulk) {
    found.push_back(behaviour("bulk_transfer", per_connection, -1.5,
                              {{"bytes", fmt::format("{}", contact.bytes_down)}}));
  } else if (contact.answered >= kLeastExchanges && contact.bytes_up >= contact.bytes_down &&
             per_connection <= kSmall) {
    found.push_back(behaviour("speaks_more_than_it_hears",
                              static_cast<double>(contact.bytes_up) /
                                  std::max(1.0, static_cast<double>(contact.bytes_down)),
                              0.4,
                              {{"up", fmt::format("{}", contact.bytes_up)},
                               {"down", fmt::format("{}", contact.bytes_down)}}));
  }
}

}  // namespace

std::vector<Evidence> behaviour_evidence(const Contact& contact, const ContactFacts& facts,
                                         const View& view) {
  std::vector<Evidence> found;
  if (contact.connections == 0) return found;
  add_unanswered(found, contact, view);
  add_retried(found, contact);
  add_small_exchanges(found, contact);
  add_long_quiet(found, contact);
  if (is_sustained(contact)) add_port(found, contact, facts);
  add_volume(found, contact);
  return found;
}

}  // namespace noroshi
