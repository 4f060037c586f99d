#include "summarise/summariser.h"

#include <algorithm>
#include <utility>

namespace noroshi {
namespace {

/// Conversations that are taken into the contacts together, so that they are looked up side by
/// side.
constexpr std::size_t kTogether = 64;

}  // namespace

Summariser::Summariser(Config config)
    : config_(config),
      conversations_(config.conversations,
                     [this](Conversation&& conversation) { take(std::move(conversation)); }),
      contacts_(config.contacts) {}

void Summariser::take(Conversation&& conversation) {
  over_.push_back(std::move(conversation));
  if (over_.size() >= kTogether) settle();
}

void Summariser::settle() {
  for (auto& conversation : over_) {
    if (const auto server = server_by_opening(conversation)) {
      meetings_.push_back({&conversation, *server});
    } else if (undecided_.size() < config_.most_undecided) {
      undecided_.push_back(std::move(conversation));
    } else {
      ++summary_.directions_by_port;
      meetings_.push_back({&conversation, server_by_port(conversation)});
    }
  }
  contacts_.add(meetings_);
  meetings_.clear();
  over_.clear();
}

void Summariser::add(const FlowBatch& batch) {
  const auto kinds = batch.kind();
  const auto firsts = batch.first();
  const auto lasts = batch.last();
  const auto sampling_rates = batch.sampling_rate();
  rows_.clear();
  for (std::size_t row = 0; row < batch.size(); ++row) {
    if (kinds[row] == static_cast<std::uint8_t>(FlowKind::kEvent)) {
      ++summary_.events_without_traffic;
      continue;
    }
    ++summary_.flows;
    const auto first = firsts[row];
    if (first == 0) {
      ++summary_.flows_without_time;
      continue;
    }
    if (sampling_rates[row] == 0) ++summary_.flows_of_unknown_sampling;
    summary_.first = summary_.first == 0 ? first : std::min(summary_.first, first);
    summary_.last = std::max({summary_.last, first, lasts[row]});
    rows_.push_back(static_cast<std::uint32_t>(row));
  }
  conversations_.add(batch, rows_);
}

ContactSummary Summariser::finish() {
  conversations_.finish();
  settle();
  FanIn fan_in;
  if (!undecided_.empty())
    contacts_.for_each_server([&](const Endpoint& server) { fan_in.add_known_server(server); });
  for (const auto& conversation : undecided_) fan_in.add(conversation);
  for (const auto& conversation : undecided_) {
    auto server = fan_in.server(conversation);
    if (!server) {
      ++summary_.directions_by_port;
      server = server_by_port(conversation);
    }
    meetings_.push_back({&conversation, *server});
    if (meetings_.size() < kTogether) continue;
    contacts_.add(meetings_);
    meetings_.clear();
  }
  contacts_.add(meetings_);
  meetings_.clear();
  undecided_.clear();
  contacts_.move_into(summary_);
  summary_.conversations_cut = conversations_.cut();
  summary_.timeouts = conversations_.timeouts().learnt();
  return std::move(summary_);
}

}  // namespace noroshi
