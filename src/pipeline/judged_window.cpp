#include "pipeline/judged_window.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "pipeline/analysis.h"
#include "pipeline/joined_contacts.h"

namespace noroshi {
namespace {

std::uint64_t random_seed() {
  std::random_device device;
  return static_cast<std::uint64_t>(device()) << 32 | device();
}

/// The second pass: puts the hours of each chosen contact together.
class WindowContacts {
 public:
  WindowContacts(const WindowSieve& sieve, std::size_t most, std::size_t most_in_passing)
      : sieve_(sieve), most_(most), most_in_passing_(most_in_passing) {}

  void add(std::span<const Contact> contacts) {
    for (const auto& contact : contacts) {
      summary_.flows += contact.flows;
      summary_.first =
          summary_.first == 0 ? contact.first : std::min(summary_.first, contact.first);
      summary_.last = std::max(summary_.last, contact.last);
      if (sieve_.is_chosen(contact.server))
        join(contact);
      else if (sieve_.was_passed_by(contact.server))
        keep_in_passing(contact);
    }
  }

  ContactSummary finish() {
    std::ranges::sort(summary_.contacts, [](const Contact& a, const Contact& b) {
      return std::tie(a.server, a.client) < std::tie(b.server, b.client);
    });
    return std::move(summary_);
  }

  [[nodiscard]] std::uint64_t not_kept() const { return not_kept_; }

 private:
  struct Key {
    IpAddress client;
    Endpoint server;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct HashKey {
    std::size_t operator()(const Key& key) const {
      return mix(std::hash<IpAddress>()(key.client), std::hash<Endpoint>()(key.server));
    }
  };

  void join(const Contact& contact) {
    const auto [known, is_new] = places_.try_emplace({contact.client, contact.server},
                                                     static_cast<std::uint32_t>(places_.size()));
    if (!is_new) {
      join_later(summary_.contacts[known->second], contact);
      return;
    }
    known->second = static_cast<std::uint32_t>(summary_.contacts.size());
    summary_.contacts.push_back(contact);
  }

  void keep_in_passing(const Contact& contact) {
    auto& kept = in_passing_[contact.client];
    // Two hours of one pair stay two: nothing of the judge asks how often such a one was called.
    if (kept >= most_in_passing_ || summary_.contacts.size() >= most_) {
      ++not_kept_;
      return;
    }
    ++kept;
    auto& added = summary_.contacts.emplace_back(contact);
    added.events = {};
    added.reservoir = {};
  }

  const WindowSieve& sieve_;
  const std::size_t most_;
  const std::size_t most_in_passing_;
  ContactSummary summary_;
  std::unordered_map<Key, std::uint32_t, HashKey> places_;
  std::unordered_map<IpAddress, std::size_t> in_passing_;
  std::uint64_t not_kept_ = 0;
};

}  // namespace

Result<JudgedWindow> judge_window(const WindowOrder& order, const HourOfContacts& read) {
  if (order.from >= order.to || order.to - order.from > kMostHoursJudged)
    return failure(ErrorCode::kInvalidArgument,
                   fmt::format("a window of 1 to {} hours can be judged", kMostHoursJudged));
  const LocalSide stated{LocalSide::Ground::kStated, order.local};
  auto config = order.sieve;
  if (config.hash_seed == 0) config.hash_seed = random_seed();
  const auto& knowledge = order.knowledge;
  WindowSieve sieve(config, {.inside =
                                 [&](const IpAddress& address) {
                                   return order.local.empty() || stated.contains(address);
                                 },
                             .listed =
                                 [&](const Endpoint& server) {
                                   return order.followed.contains(server) ||
                                          (knowledge.indicators != nullptr &&
                                           !knowledge.indicators->find(server).empty());
                                 },
                             .suppressed =
                                 [&](const Endpoint& server) {
                                   return service_of(server, knowledge).weight ==
                                          ServiceWeight::kHard;
                                 }});

  JudgedWindow window;
  window.from = order.from;
  window.to = order.to;
  const auto hours = static_cast<double>(order.to - order.from);
  const auto tell = [&](double hours_done) {
    if (order.on_progress) order.on_progress(hours_done / (2 * hours));
  };
  for (auto hour = order.from; hour < order.to; ++hour) {
    const auto before = sieve.statistics().contacts;
    TRY(read(hour, [&](std::span<const Contact> contacts) -> Status {
      sieve.add(contacts);
      return {};
    }));
    sieve.end_hour();
    if (sieve.statistics().contacts == before) ++window.statistics.hours_without_contacts;
    tell(static_cast<double>(hour + 1 - order.from));
  }
  sieve.choose();

  WindowContacts contacts(sieve, config.most_contacts + config.most_contacts / 2,
                          order.most_in_passing);
  for (auto hour = order.from; hour < order.to; ++hour) {
    TRY(read(hour, [&](std::span<const Contact> piece) -> Status {
      contacts.add(piece);
      return {};
    }));
    tell(hours + static_cast<double>(hour + 1 - order.from));
  }
  window.statistics.sieve = sieve.statistics();
  window.statistics.contacts_in_passing_not_kept = contacts.not_kept();

  auto summary = contacts.finish();
  summary.port_activity = sieve.take_activities();
  summary.port_activity_not_kept = sieve.statistics().activities_not_kept;
  summary.timeouts = timeouts_of(summary.contacts);
  window.statistics.contacts_judged = summary.contacts.size();
  window.local = local_side_of(summary.contacts, order.local);
  window.judgement =
      judge_contacts(summary, window.local, knowledge, static_cast<bool>(order.on_judged));
  if (order.on_judged) order.on_judged(summary, window.local, window.judgement);
  window.timeouts = std::move(summary.timeouts);
  window.judgement.view.timeouts = window.timeouts;
  return window;
}

}  // namespace noroshi
