#include "simulate/provider.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <map>
#include <set>

#include "net/prefix.h"
#include "simulate/exporter.h"

namespace noroshi::simulate {
namespace {

using std::chrono::minutes;

Scenario scenario_for_test(ExportProtocol router = ExportProtocol::kNetflow9) {
  Scenario scenario;
  scenario.subscribers = 60;
  scenario.infected = 8;
  scenario.duration = minutes(40);
  for (auto& present : scenario.routers) present = false;
  scenario.routers[static_cast<std::size_t>(router)] = true;
  return scenario;
}

struct Run {
  FlowBatch rows{4096};
  Truth truth;
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
};

Run run(const Scenario& scenario) {
  Run result;
  Provider provider(scenario);
  while (provider.advance()) {
    for (const auto router : provider.routers()) {
      const auto& rows = provider.rows(router);
      for (std::size_t row = 0; row < rows.size(); ++row) {
        result.rows.append_row(rows, row);
        result.packets += rows.packets()[row];
        result.bytes += rows.bytes()[row];
        EXPECT_LE(rows.first()[row], rows.last()[row]);
        EXPECT_LE(rows.last()[row], to_unix_milliseconds(provider.now()));
        EXPECT_GE(rows.first()[row], to_unix_milliseconds(scenario.start));
      }
    }
  }
  result.truth = provider.truth();
  return result;
}

/// FNV-1a over every datagram of a scenario.
std::uint64_t fingerprint(const Scenario& scenario) {
  std::uint64_t hash = 0xcbf2'9ce4'8422'2325;
  Provider provider(scenario);
  std::map<ExportProtocol, std::unique_ptr<Encoder>> encoders;
  for (const auto router : provider.routers()) encoders[router] = make_encoder(router, scenario);
  while (provider.advance()) {
    for (const auto router : provider.routers()) {
      for (const auto& datagram : encoders[router]->encode(provider.rows(router), provider.now())) {
        for (const auto byte : datagram)
          hash = (hash ^ std::to_integer<std::uint64_t>(byte)) * 0x100'0000'01b3;
      }
    }
  }
  return hash;
}

TEST(Provider, ExportsTheSameDatagramsForASeedWithEveryCompiler) {
  Scenario scenario;
  scenario.subscribers = 40;
  scenario.infected = 8;
  scenario.duration = minutes(10);
  scenario.sampling = 3;
  scenario.sflow_sampling = 16;
  for (auto& present : scenario.routers) present = true;
  // Changes whenever a habit, a draw or an encoder does: then put the new value here.
  constexpr std::uint64_t kFingerprint = 17'187'390'612'282'572'631u;
  EXPECT_EQ(fingerprint(scenario), kFingerprint);
  scenario.seed = 2;
  EXPECT_NE(fingerprint(scenario), kFingerprint);
}

TEST(Provider, ShowsEachCommandServerToExactlyTheInfectedLinesThatTheTruthNames) {
  const auto [rows, truth, packets, bytes] = run(scenario_for_test());
  ASSERT_EQ(truth.commands.size(), 2u);
  std::map<Endpoint, std::set<IpAddress>> seen;
  std::map<Endpoint, std::uint64_t> flows;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const Endpoint destination{rows.destination_address()[row], Port{rows.destination_port()[row]},
                               Protocol{rows.protocol()[row]}};
    const Endpoint source{rows.source_address()[row], Port{rows.source_port()[row]},
                          Protocol{rows.protocol()[row]}};
    if (truth.commands.contains(destination)) {
      seen[destination].insert(source.address);
      ++flows[destination];
    }
    if (truth.commands.contains(source)) {
      seen[source].insert(destination.address);
      ++flows[source];
    }
  }
  std::size_t bots = 0;
  for (const auto& [endpoint, command] : truth.commands) {
    EXPECT_EQ(seen[endpoint], command.clients) << endpoint.to_string();
    EXPECT_EQ(command.visible_clients, command.clients);
    EXPECT_EQ(flows[endpoint], command.exported_flows);
    bots += command.clients.size();
    for (const auto& client : command.clients) {
      ASSERT_TRUE(truth.infected.contains(client));
      EXPECT_EQ(truth.infected.at(client).family, command.family);
    }
  }
  EXPECT_EQ(bots, 8u);
  EXPECT_EQ(truth.infected.size(), 8u);
}

TEST(Provider, FloodsTheVictimWithWhatTheTruthSays) {
  const auto [rows, truth, packets, bytes] = run(scenario_for_test());
  ASSERT_EQ(truth.victims.size(), 1u);
  const auto& [endpoint, victim] = *truth.victims.begin();
  std::uint64_t seen_packets = 0;
  std::uint64_t seen_bytes = 0;
  std::set<IpAddress> attackers;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (rows.destination_address()[row] != endpoint.address ||
        rows.destination_port()[row] != endpoint.port.value)
      continue;
    seen_packets += rows.packets()[row];
    seen_bytes += rows.bytes()[row];
    attackers.insert(rows.source_address()[row]);
  }
  EXPECT_EQ(seen_packets, victim.packets);
  EXPECT_EQ(seen_bytes, victim.bytes);
  EXPECT_EQ(attackers, victim.attackers);
  EXPECT_EQ(attackers.size(), 6u);
  EXPECT_GT(victim.packets, 100'000u);
}

TEST(Provider, SamplesPacketsSoThatCountsTimesNEstimateTheTraffic) {
  auto scenario = scenario_for_test();
  const auto whole = run(scenario);
  for (const std::uint32_t rate : {10u, 100u, 1000u}) {
    scenario.sampling = rate;
    const auto sampled = run(scenario);
    const auto expected = static_cast<double>(whole.packets) / rate;
    EXPECT_NEAR(static_cast<double>(sampled.packets), expected, 5 * std::sqrt(expected)) << rate;
    EXPECT_LT(sampled.rows.size(), whole.rows.size());
    for (const auto stated : sampled.rows.sampling_rate()) ASSERT_EQ(stated, rate);
    // What happened does not depend on how it was watched.
    EXPECT_EQ(sampled.truth.infected.size(), whole.truth.infected.size());
    EXPECT_EQ(sampled.truth.victims.begin()->second.packets,
              whole.truth.victims.begin()->second.packets);
  }
}

TEST(Provider, KeepsOnlyTheFlagsOfSampledPackets) {
  auto scenario = scenario_for_test();
  scenario.sampling = 100;
  const auto sampled = run(scenario);
  std::size_t single = 0;
  for (std::size_t row = 0; row < sampled.rows.size(); ++row) {
    if (sampled.rows.packets()[row] != 1 || sampled.rows.protocol()[row] != kTcp.value) continue;
    ++single;
    const auto flags = sampled.rows.tcp_flags()[row];
    // No one packet both opens and closes a connection.
    EXPECT_FALSE((flags & kTcpSyn) != 0 && (flags & (kTcpFin | kTcpPsh)) != 0);
    EXPECT_EQ(sampled.rows.first()[row], sampled.rows.last()[row]);
  }
  EXPECT_GT(single, 100u);
}

TEST(Provider, SplitsLongFlowsAtTheExportersTimeouts) {
  const auto whole = run(scenario_for_test());
  std::size_t active = 0;
  std::size_t idle = 0;
  std::size_t ended = 0;
  for (std::size_t row = 0; row < whole.rows.size(); ++row) {
    const auto length = whole.rows.last()[row] - whole.rows.first()[row];
    EXPECT_LE(length, 70'000u);  // the timeout and one exchange
    const auto reason = whole.rows.end_reason()[row];
    active += reason == 2;
    idle += reason == 1;
    ended += reason == 3;
  }
  EXPECT_GT(active, 10u);
  EXPECT_GT(idle, 1000u);
  EXPECT_GT(ended, 1000u);
}

TEST(Provider, GivesSflowOnePacketARow) {
  auto scenario = scenario_for_test(ExportProtocol::kSflow5);
  const auto sampled = run(scenario);
  ASSERT_GT(sampled.rows.size(), 1000u);
  for (const auto packets : sampled.rows.packets()) ASSERT_EQ(packets, 1u);
  for (const auto rate : sampled.rows.sampling_rate()) ASSERT_EQ(rate, Scenario::kSflowSampling);
  const auto whole = run(scenario_for_test());
  const auto expected = static_cast<double>(whole.packets) / Scenario::kSflowSampling;
  EXPECT_NEAR(static_cast<double>(sampled.packets), expected, 5 * std::sqrt(expected));
}

TEST(Provider, GivesLinesBehindNetflow5NoIpv6) {
  const auto whole = run(scenario_for_test(ExportProtocol::kNetflow5));
  for (std::size_t row = 0; row < whole.rows.size(); ++row) {
    ASSERT_TRUE(whole.rows.source_address()[row].is_v4());
    ASSERT_TRUE(whole.rows.destination_address()[row].is_v4());
  }
}

TEST(Provider, UsesOnlyAddressesThatHoldNoRealHost) {
  PrefixSet reserved;
  for (const char* prefix : {"100.64.0.0/10", "192.0.2.0/24", "198.18.0.0/15", "198.51.100.0/24",
                             "203.0.113.0/24", "240.0.0.0/4", "2001:db8::/32"})
    reserved.add(*Prefix::parse(prefix));
  rc::check([&] {
    auto scenario = scenario_for_test();
    scenario.seed = *rc::gen::arbitrary<std::uint64_t>();
    scenario.subscribers = *rc::gen::inRange(1u, 40u);
    scenario.infected = *rc::gen::inRange(0u, scenario.subscribers + 1);
    scenario.duration = std::chrono::seconds(*rc::gen::inRange(1, 400));
    scenario.sampling = *rc::gen::inRange(1u, 20u);
    const auto [rows, truth, packets, bytes] = run(scenario);
    RC_ASSERT(truth.infected.size() <= scenario.infected);
    for (std::size_t row = 0; row < rows.size(); ++row) {
      RC_ASSERT(reserved.contains(rows.source_address()[row]));
      RC_ASSERT(reserved.contains(rows.destination_address()[row]));
      RC_ASSERT(rows.packets()[row] > 0);
      RC_ASSERT(rows.bytes()[row] >= rows.packets()[row] * 28);
      RC_ASSERT(rows.bytes()[row] <= rows.packets()[row] * 1500);
    }
    // A line is infected, or nothing it does is named hostile.
    for (const auto& [address, scanner] : truth.scanners)
      RC_ASSERT(scanner.inside == truth.infected.contains(address));
  });
}

}  // namespace
}  // namespace noroshi::simulate
