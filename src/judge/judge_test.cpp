#include "judge/judge.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <string_view>
#include <tuple>
#include <vector>

namespace noroshi {
namespace {

constexpr std::uint64_t kStart = 1'700'000'000'000;
constexpr std::uint64_t kMinute = 60'000;

/// A provider of a hundred lines: what they meet is put together call by call.
class ProviderTest : public ::testing::Test {
 protected:
  static IpAddress line(std::uint32_t number) { return IpAddress::from_v4(0xc6330000 + number); }
  static Endpoint server(std::uint32_t number, std::uint16_t port) {
    return {IpAddress::from_v4(0xcb007100 + number), Port{port}, kTcp};
  }

  /// Calls with an answer at those times.
  void meet(std::uint32_t client, const Endpoint& at, const std::vector<std::uint64_t>& times,
            std::uint32_t sampling = 1) {
    Contact contact;
    contact.client = line(client);
    contact.server = at;
    for (const auto time : times)
      contact.events.push_back({.time = time,
                                .duration = 200,
                                .packets_up = 3,
                                .bytes_up = 180,
                                .packets_down = 2,
                                .bytes_down = 120,
                                .answered = true});
    contact.flows = contact.connections = contact.answered = contact.events_seen = times.size();
    contact.packets_up = 3 * times.size();
    contact.bytes_up = 180 * times.size();
    contact.packets_down = 2 * times.size();
    contact.bytes_down = 120 * times.size();
    contact.tcp_flags_up = contact.tcp_flags_down = 0x1b;
    contact.first = times.front();
    contact.last = times.back();
    contact.sampling_rate = sampling;
    summary_.contacts.push_back(contact);
  }
  void scan(std::uint32_t client) {
    PortActivity activity{.client = line(client), .port = Port{23}, .protocol = kTcp};
    activity.first = kStart;
    activity.last = kStart + kMinute;
    activity.destinations = activity.first_failures = 500;
    summary_.port_activity.push_back(activity);
  }
  /// Everybody's web server, so that a hundred lines are in view.
  void add_lines() {
    for (std::uint32_t client = 0; client < 100; ++client)
      meet(client, server(1, 443), {kStart + client * 1000, kStart + 40 * kMinute + client * 977});
  }

  Judgement judged(bool with_features = false) {
    std::ranges::sort(summary_.contacts, [](const Contact& a, const Contact& b) {
      return std::tie(a.server, a.client) < std::tie(b.server, b.client);
    });
    std::ranges::sort(summary_.port_activity, {}, &PortActivity::client);
    const std::vector<ContactFacts> facts(summary_.contacts.size(),
                                          {.client_is_local = true, .server_can_serve = true});
    const std::vector<KnownService> services(summary_.port_activity.size());
    return judge({summary_, facts, services, sightings_, nullptr, with_features});
  }
  static const Verdict& on(const Judgement& judgement, const Endpoint& server) {
    return *std::ranges::find(judgement.verdicts, server, &Verdict::server);
  }
  static const Evidence* evidence(const Verdict& verdict, std::string_view code) {
    const auto found = std::ranges::find(verdict.evidence, code, &Evidence::code);
    return found == verdict.evidence.end() ? nullptr : &*found;
  }

  /// Now and then, without a clock.
  static std::vector<std::uint64_t> irregular(std::uint64_t seed, std::size_t calls = 12) {
    std::mt19937_64 random(seed);
    std::vector<std::uint64_t> times;
    for (std::size_t call = 0; call < calls; ++call)
      times.push_back(kStart + random() % (1380 * kMinute));
    std::ranges::sort(times);
    return times;
  }

  ContactSummary summary_;
  std::vector<Sighting> sightings_;
};

TEST_F(ProviderTest, FollowsTheBotsOfASuspectToTheServerItMovedTo) {
  add_lines();
  for (std::uint32_t bot = 0; bot < 8; ++bot) {
    scan(bot);
    std::vector<std::uint64_t> beacon;
    for (std::uint64_t call = 0; call < 300; ++call)
      beacon.push_back(kStart + bot * 1777 + call * kMinute);
    meet(bot, server(9, 48101), beacon);
  }
  // The scans of some bots were missed; all of them call another server besides, and so does one
  // line that is no bot.
  for (std::uint32_t client = 8; client < 12; ++client) {
    meet(client, server(9, 48101), irregular(client, 40));
    meet(client, server(12, 7000), irregular(client + 50));
  }
  meet(60, server(12, 7000), irregular(160));
  meet(61, server(13, 7000), irregular(161));
  meet(62, server(13, 7000), irregular(162));
  meet(8, server(13, 7000), irregular(163));

  const auto judgement = judged();
  ASSERT_EQ(judgement.verdicts.front().server, server(9, 48101));
  ASSERT_NE(judgement.verdicts.front().tier, Tier::kC);
  const auto* moved = evidence(on(judgement, server(12, 7000)), "clients_of_suspects");
  ASSERT_NE(moved, nullptr);
  EXPECT_GT(moved->log_likelihood_ratio, 1);
  EXPECT_EQ(moved->group, EvidenceGroup::kSocial);
  // One bot among three clients is chance, and everybody's web server is everybody's.
  EXPECT_EQ(evidence(on(judgement, server(13, 7000)), "clients_of_suspects"), nullptr);
  EXPECT_EQ(evidence(on(judgement, server(1, 443)), "clients_of_suspects"), nullptr);
}

TEST_F(ProviderTest, CallsWhoAttacksAndAsksManyPeersANodeOfABotnetWithoutServer) {
  add_lines();
  const auto ask_peers = [&](std::uint32_t client, std::uint32_t peers, std::size_t times) {
    for (std::uint32_t peer = 0; peer < peers; ++peer)
      meet(client,
           {IpAddress::from_v4(0xc6120000 + client * 256 + peer),
            Port{static_cast<std::uint16_t>(20'000 + 97 * peer)}, kUdp},
           irregular(client * 256 + peer, times));
  };
  std::vector<std::uint64_t> beacon;
  for (std::uint64_t call = 0; call < 300; ++call) beacon.push_back(kStart + call * kMinute);
  for (std::uint32_t bot = 0; bot < 8; ++bot) {
    scan(bot);
    meet(bot, server(9, 48101), beacon);
  }
  ask_peers(0, 40, 2);  // but it has a server
  for (const std::uint32_t client : {20u, 22u, 23u}) scan(client);
  ask_peers(20, 40, 2);
  ask_peers(21, 40, 2);    // attacks nobody
  ask_peers(22, 20, 2);    // few
  ask_peers(23, 40, 200);  // a program that talks at length

  const auto judgement = judged();
  const auto reasons = [&](std::uint32_t client) {
    std::vector<InfectionReason> reasons;
    const auto found = std::ranges::find(judgement.infected, line(client), &InfectedHost::address);
    if (found != judgement.infected.end())
      for (const auto& finding : found->findings) reasons.push_back(finding.reason);
    return reasons;
  };
  using Reasons = std::vector<InfectionReason>;
  EXPECT_EQ(reasons(0), (Reasons{InfectionReason::kCallsServer, InfectionReason::kScan}));
  EXPECT_EQ(reasons(20), (Reasons{InfectionReason::kPeerNode, InfectionReason::kScan}));
  EXPECT_EQ(reasons(21), Reasons{});
  EXPECT_EQ(reasons(22), Reasons{InfectionReason::kScan});
  EXPECT_EQ(reasons(23), Reasons{InfectionReason::kScan});
  const auto node = std::ranges::find(judgement.infected, line(20), &InfectedHost::address);
  EXPECT_EQ(node->findings.front().count, 40u);
  EXPECT_EQ(node->findings.front().target, (Endpoint{IpAddress(), Port{}, kUdp}));
  EXPECT_LE(node->findings.front().first, node->findings.front().last);
  // A peer is never a server that commands.
  for (const auto& verdict : judgement.verdicts)
    if (verdict.server.protocol == kUdp) EXPECT_EQ(verdict.tier, Tier::kC);
}

TEST_F(ProviderTest, GivesTheFeaturesOfEveryServerWhereTheyAreAskedFor) {
  add_lines();
  for (std::uint32_t bot = 0; bot < 6; ++bot) {
    scan(bot);
    std::vector<std::uint64_t> beacon;
    for (std::uint64_t call = 0; call < 300; ++call)
      beacon.push_back(kStart + bot * 1777 + call * kMinute);
    meet(bot, server(9, 48101), beacon);
  }
  EXPECT_TRUE(judged().features.empty());
  const auto judgement = judged(true);
  ASSERT_EQ(judgement.features.size(), judgement.verdicts.size());
  const auto of = [&](const Endpoint& server, ServerFeature feature) {
    const auto found =
        std::ranges::find(judgement.features, server, &std::pair<Endpoint, ServerFeatures>::first);
    return found->second[static_cast<std::size_t>(feature)];
  };
  EXPECT_FLOAT_EQ(of(server(1, 443), ServerFeature::kPrevalence), 1);
  EXPECT_FLOAT_EQ(of(server(9, 48101), ServerFeature::kPrevalence), 0.06F);
  EXPECT_GT(of(server(9, 48101), ServerFeature::kAttackersLift),
            of(server(1, 443), ServerFeature::kAttackersLift) + 1);
  EXPECT_GT(of(server(9, 48101), ServerFeature::kTiming), 2);
  // Nobody was asked: missing, not zero.
  EXPECT_TRUE(std::isnan(of(server(9, 48101), ServerFeature::kListed)));
  EXPECT_TRUE(std::isnan(of(server(9, 48101), ServerFeature::kSightedLift)));
}

TEST_F(ProviderTest, WeighsWhatOthersSightedOfAServersClients) {
  add_lines();
  for (std::uint32_t client = 20; client < 25; ++client) {
    meet(client, server(15, 7000), irregular(client));
    sightings_.push_back(
        {.host = line(client), .kind = SightingKind::kTelescope, .source = "dark"});
  }
  // Not in view: says nothing of the share of the lines that are.
  sightings_.push_back({.host = line(5000), .kind = SightingKind::kTelescope, .source = "dark"});
  const auto judgement = judged();
  const auto* sighted = evidence(on(judgement, server(15, 7000)), "sighted_clients");
  ASSERT_NE(sighted, nullptr);
  EXPECT_EQ(sighted->group, EvidenceGroup::kSighting);
  EXPECT_EQ(sighted->arguments.front().second, "5");
  EXPECT_EQ(evidence(on(judgement, server(1, 443)), "sighted_clients"), nullptr);
}

TEST_F(ProviderTest, SeesTheClockThatSampledClientsHaveInCommonWhereItMatters) {
  add_lines();
  std::mt19937_64 random(5);
  for (std::uint32_t client = 30; client < 42; ++client) {
    const auto phase = random() % kMinute;
    std::vector<std::uint64_t> seen;
    for (std::uint64_t call = 0; call < 1440; ++call)
      if (random() % 200 == 0) seen.push_back(kStart + phase + call * kMinute);
    meet(client, server(21, 7000), seen, 1000);
    if (client < 36) sightings_.push_back({.host = line(client), .source = "feed"});
    // The same clients by their own clocks elsewhere: nothing in common but themselves.
    meet(client, server(22, 7000), irregular(client, 7), 1000);
  }
  const auto judgement = judged();
  const auto& clocked = on(judgement, server(21, 7000));
  const auto* line = evidence(clocked, "common_line");
  ASSERT_NE(line, nullptr);
  EXPECT_EQ(line->arguments.front().second, "60 s");
  EXPECT_EQ(evidence(on(judgement, server(22, 7000)), "common_line"), nullptr);
  EXPECT_GT(clocked.probability, on(judgement, server(22, 7000)).probability);
}

}  // namespace
}  // namespace noroshi
