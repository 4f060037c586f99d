#include "simulate/provider.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "simulate/devices.h"
#include "simulate/people.h"

namespace noroshi::simulate {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// Streams of randomness: each part its own.
constexpr std::uint64_t kServicesStream = 1;
constexpr std::uint64_t kMiraiLikeStream = 2;
constexpr std::uint64_t kHttpPollerStream = 3;
constexpr std::uint64_t kInfectionStream = 4;
constexpr std::uint64_t kFirstRouterStream = 16;
constexpr std::uint64_t kFirstLineStream = 1024;

MiraiLikeBotnet draw_mirai_like(const Scenario& scenario, Random random) {
  return MiraiLikeBotnet::draw(scenario, random);
}
HttpPollerBotnet draw_http_poller(Random random) { return HttpPollerBotnet::draw(random); }

}  // namespace

Provider::Provider(const Scenario& scenario)
    : scenario_(scenario),
      random_(scenario.seed),
      services_(random_.fork(kServicesStream)),
      mirai_like_(draw_mirai_like(scenario, random_.fork(kMiraiLikeStream))),
      http_poller_(draw_http_poller(random_.fork(kHttpPollerStream))),
      now_(scenario.start) {
  CHECK(scenario.subscribers > 0 && scenario.subscribers <= Scenario::kMostSubscribers);
  CHECK(scenario.infected <= scenario.subscribers);
  CHECK(scenario.duration > seconds(0));
  for (std::size_t i = 0; i < kExportProtocols; ++i) {
    if (!scenario.routers[i]) continue;
    const auto protocol = static_cast<ExportProtocol>(i);
    protocols_.push_back(protocol);
    const auto random = random_.fork(kFirstRouterStream + i);
    routers_.push_back(
        {.meter = protocol == ExportProtocol::kSflow5
                      ? make_packet_exporter(PacketSampler(scenario.sflow_sampling, random))
                      : make_flow_cache(PacketSampler(scenario.sampling, random), {})});
  }
  CHECK(!routers_.empty());
  populate();
  infect();
}

/// Gives each line its habits, in shares that make a plausible evening.
void Provider::populate() {
  lines_.resize(scenario_.subscribers);
  for (std::uint32_t index = 0; index < scenario_.subscribers; ++index) {
    auto& line = lines_[index];
    line.index = index;
    line.random = random_.fork(kFirstLineStream + index);
    line.v4 = line_v4(index);
    auto& random = line.random;
    // NetFlow v5 knows no IPv6: lines behind such a router have none.
    const bool v5 = protocols_[index % protocols_.size()] == ExportProtocol::kNetflow5;
    if (random.chance(350) && !v5) line.v6 = line_v6(index, random);

    if (random.chance(850)) give(index, browsing(services_), minutes(30));
    if (random.chance(250)) give(index, video(services_), minutes(90));
    if (random.chance(80)) give(index, games(services_), minutes(60));
    if (random.chance(700)) give(index, updates(services_), minutes(60));
    if (random.chance(350)) give(index, ntp(services_, line), minutes(15));
    for (auto phones = random.between(0, 3); phones > 0; --phones)
      give(index, push(services_, line), minutes(20));
    if (random.chance(80)) give(index, camera(services_, line), seconds(60));
    if (random.chance(150)) give(index, vendor_heartbeat(services_, line), minutes(5));
    if (random.chance(20)) give(index, vpn(services_, line), seconds(25));
    give(index, inbound_scans(services_), minutes(10));
  }
}

/// A quarter of the infected poll over HTTP, the others are like Mirai; a quarter of those are
/// infected only in the first half of the time.
void Provider::infect() {
  auto random = random_.fork(kInfectionStream);
  std::vector<std::uint32_t> order(lines_.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  for (std::uint32_t i = 0; i < scenario_.infected; ++i) {
    std::swap(order[i], order[i + random.below(order.size() - i)]);
    const auto line = order[i];
    if (i % 4 == 3) {
      give(line, http_poller_bot(http_poller_), minutes(2));
      continue;
    }
    const bool later = i % 4 == 2;
    const auto when =
        later ? scenario_.start + random.between(milliseconds(0), scenario_.duration / 2)
              : scenario_.start;
    give_at(line, mirai_like_bot(mirai_like_, scenario_, when), when);
  }
}

void Provider::give_at(std::uint32_t line, std::unique_ptr<Habit> habit, Timestamp first) {
  turns_.push({first, static_cast<std::uint32_t>(habits_.size())});
  habits_.push_back({std::move(habit), line});
}

void Provider::give(std::uint32_t line, std::unique_ptr<Habit> habit, milliseconds within) {
  // Drawn here, not by the caller: making the habit draws too, and the order in which a compiler
  // evaluates arguments is its own.
  const auto first = scenario_.start + lines_[line].random.between(milliseconds(0), within);
  give_at(line, std::move(habit), first);
}

void Provider::add(const Exchange& exchange) {
  CHECK(exchange.duration <= Exchange::kLongest);
  std::uint32_t slot;
  if (free_slots_.empty()) {
    slot = static_cast<std::uint32_t>(slots_.size());
    slots_.push_back(exchange);
  } else {
    slot = free_slots_.back();
    free_slots_.pop_back();
    slots_[slot] = exchange;
  }
  pending_.push({exchange.start, next_serial_++, slot});
}

bool Provider::advance() {
  for (auto& router : routers_) router.rows.clear();
  const auto end = scenario_.end();
  const bool over = now_ >= end && std::ranges::all_of(routers_, [](const Router& router) {
                      return router.meter->empty();
                    });
  if (over) return false;
  now_ += seconds(1);

  while (!turns_.empty() && turns_.top().when < std::min(now_, end)) {
    const auto turn = turns_.top();
    turns_.pop();
    auto& living = habits_[turn.habit];
    const auto next = living.habit->act(turn.when, lines_[living.line], *this);
    CHECK(next > turn.when);
    if (next < end) turns_.push({next, turn.habit});
  }
  while (!pending_.empty() && pending_.top().when < std::min(now_, end)) {
    const auto slot = pending_.top().slot;
    pending_.pop();
    const auto& exchange = slots_[slot];
    truth_.observe(exchange);
    router_of(exchange.line).meter->observe(exchange);
    free_slots_.push_back(slot);
  }
  for (auto& router : routers_) {
    router.meter->collect(now_, router.rows);
    truth_.observe(router.rows);
  }
  return true;
}

const FlowBatch& Provider::rows(ExportProtocol router) const {
  const auto found = std::ranges::find(protocols_, router);
  CHECK(found != protocols_.end());
  return routers_[static_cast<std::size_t>(found - protocols_.begin())].rows;
}

}  // namespace noroshi::simulate
