#include "simulate/botnets/botnet.h"

#include <algorithm>

#include "base/check.h"
#include "simulate/internet/internet.h"

namespace noroshi::simulate {

using std::chrono::milliseconds;

namespace {

milliseconds move_every(const BotnetPlan& botnet) {
  return botnet.move_every > milliseconds(0) ? botnet.move_every
                                             : milliseconds(figures_of(botnet.kind).move_every);
}

std::uint32_t servers_of(const BotnetPlan& botnet) {
  return botnet.servers > 0 ? botnet.servers : figures_of(botnet.kind).servers;
}

}  // namespace

std::uint64_t Botnet::posts_of(const BotnetPlan& botnet, const Plan& plan) {
  const auto every = move_every(botnet);
  const auto moves =
      every > milliseconds(0) ? milliseconds(plan.duration) / every + 1 : std::int64_t{1};
  return servers_of(botnet) * static_cast<std::uint64_t>(moves + 2);
}

Botnet::Botnet(const Plan& plan, const BotnetPlan& botnet, Draws draws, TruthBook& truth)
    : plan_(botnet),
      figures_(figures_of(botnet.kind)),
      period_(botnet.period > milliseconds(0) ? botnet.period : milliseconds(figures_.period)),
      jitter_permille_(botnet.jitter_permille >= 0
                           ? static_cast<std::uint32_t>(botnet.jitter_permille)
                           : figures_.jitter_permille),
      scan_rate_(botnet.scan == 0         ? 0
                 : botnet.scan_rate > 0   ? botnet.scan_rate
                 : figures_.scan_rate > 0 ? figures_.scan_rate
                 : botnet.scan == 1       ? 40
                                          : 0),
      from_(plan.start + botnet.from),
      until_(botnet.until > milliseconds(0)
                 ? std::min(plan.start + botnet.until, Timestamp(plan.end()))
                 : Timestamp(plan.end())) {
  CHECK(posts_of(botnet, plan) <= kMostPosts);
  if (figures_.talk != BotnetFigures::Talk::kPeers) place_servers(plan, draws.of(1), truth);
  auto helpers = draws.of(2);
  if (figures_.reports) {
    reports_to_.endpoint = {Internet::hostile(helpers), Port{48'101}, kTcp};
    reports_to_.subject = truth.add(about(reports_to_.endpoint, "report"));
  }
  if (figures_.loads) {
    loader_.endpoint = {Internet::hostile(helpers), Port{80}, kTcp};
    loader_.subject = truth.add(about(loader_.endpoint, "load"));
  }
  plan_attacks(plan, draws.of(3), truth);
}

TruthBook::About Botnet::about(const Endpoint& endpoint, std::string_view role) const {
  return {.endpoint = endpoint,
          .role = std::string(role),
          .kind = std::string(to_string(plan_.kind)),
          .family = plan_.family,
          .botnet = plan_.name,
          .hostile = true};
}

void Botnet::place_servers(const Plan& plan, Draws draws, TruthBook& truth) {
  const auto every = move_every(plan_);
  const auto dead = plan_.kind == BotnetKind::kDead ? from_
                    : plan_.dead_from.count() >= 0  ? plan.start + plan_.dead_from
                                                    : Timestamp::max();
  const auto sinkhole =
      plan_.sinkhole_from.count() >= 0 ? plan.start + plan_.sinkhole_from : Timestamp::max();
  servers_.resize(servers_of(plan_));
  auto shared = draws.of(0);
  const auto port =
      Port{plan_.port > 0 ? plan_.port : figures_.ports[shared.below(figures_.ports.size())]};
  const Endpoint sinkhole_at{Internet::hostile(shared), port, kTcp};
  for (std::size_t index = 0; index < servers_.size(); ++index) {
    auto own = draws.of(1 + index);
    auto& posts = servers_[index];
    auto add = [&](Timestamp from, Timestamp until, const Endpoint& endpoint, Post::State state) {
      if (from >= until) return;
      auto said = about(endpoint, state == Post::State::kSinkhole ? "sinkhole" : "command");
      said.answers = state != Post::State::kSilent;
      posts.push_back({endpoint, from, until, state, truth.add(std::move(said))});
    };
    // Servers change places in turn, not all at once.
    auto moves = from_;
    if (every.count() > 0)
      moves +=
          every * static_cast<std::int64_t>(index + 1) / static_cast<std::int64_t>(servers_.size());
    for (auto from = from_; from < until_;) {
      const auto until = every.count() > 0 ? std::min(moves, until_) : until_;
      const Endpoint endpoint{Internet::hostile(own), port, kTcp};
      const auto ends = std::min(until, sinkhole);
      add(from, std::min(ends, dead), endpoint, Post::State::kAnswers);
      add(std::max(from, dead), ends, endpoint, Post::State::kSilent);
      add(std::max(from, sinkhole), until, sinkhole_at, Post::State::kSinkhole);
      from = until;
      moves += every;
    }
  }
}

void Botnet::plan_attacks(const Plan& plan, Draws draws, TruthBook& truth) {
  const auto lasts = until_ - from_;
  const auto a_day = static_cast<std::int64_t>(figures_.attacks);
  auto count = plan_.attacks >= 0
                   ? static_cast<std::int64_t>(plan_.attacks)
                   : (a_day * lasts.count() + milliseconds(std::chrono::hours(12)).count()) /
                         milliseconds(std::chrono::hours(24)).count();
  const auto length = std::min<milliseconds>(plan_.attack_length, lasts / 4);
  for (; count > 0; --count) {
    auto own = draws.of(static_cast<std::uint64_t>(count));
    Attack attack;
    // In the later three quarters, so that bots are there.
    attack.from = from_ + own.between(lasts / 4, std::max(lasts / 4, lasts - length));
    attack.until = std::min(attack.from + length, Timestamp(plan.end()));
    attack.victim.address = Internet::victim(own);
    attack.victim.protocol = own.chance(600) ? kUdp : kTcp;
    attack.victim.port = Port{static_cast<std::uint16_t>(own.chance(500) ? 80 : 3'074)};
    attack.subject = truth.add(about(attack.victim, "victim"));
    attacks_.push_back(attack);
  }
  std::ranges::sort(attacks_, {}, &Attack::from);
}

const Botnet::Post* Botnet::post_at(std::uint32_t bot, Timestamp moment) const {
  if (servers_.empty()) return nullptr;
  const auto& posts = servers_[bot % servers_.size()];
  const auto behind = std::ranges::upper_bound(posts, moment, {}, &Post::from);
  if (behind == posts.begin()) return nullptr;
  const auto& post = *std::prev(behind);
  return moment < post.until ? &post : nullptr;
}

}  // namespace noroshi::simulate
