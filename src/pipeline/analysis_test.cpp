#include "pipeline/analysis.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "summarise/flows_for_test.h"
#include "summarise/summariser.h"

namespace noroshi {
namespace {

using testing::answered;
using testing::TestFlow;

constexpr std::uint64_t kSecond = 1000;
constexpr std::uint64_t kMinute = 60 * kSecond;
constexpr std::uint64_t kHour = 60 * kMinute;

struct Outcome {
  Judgement judgement;
  LocalSide local;

  [[nodiscard]] const Verdict* on(std::string_view server) const {
    const auto found = std::ranges::find_if(judgement.verdicts, [&](const Verdict& verdict) {
      return verdict.server.to_string() == server;
    });
    return found == judgement.verdicts.end() ? nullptr : &*found;
  }
};

Outcome analyse_flows(const FlowBatch& batch, std::vector<Prefix> stated = {}) {
  Summariser summariser({});
  summariser.add(batch);
  const auto summary = summariser.finish();
  Outcome outcome;
  outcome.local = local_side_of(summary.contacts, std::move(stated));
  outcome.judgement = judge_contacts(summary, outcome.local);
  return outcome;
}

/// What a device does that nobody commands: time, names, a vendor's HTTPS, some pages.
void add_ordinary_day(FlowBatch& batch, std::string_view host, std::uint64_t seed, int pages = 40) {
  std::mt19937_64 random(seed);
  std::uint16_t port = 33'000;
  for (std::uint64_t time = 0; time < 6 * kHour; time += 64 * kSecond)
    testing::append(batch, answered({.source = host,
                                     .source_port = 123,
                                     .destination = "203.0.113.123",
                                     .destination_port = 123,
                                     .protocol = kUdp,
                                     .first = time},
                                    76, 76));
  for (std::uint64_t time = 0; time < 6 * kHour; time += 300 * kSecond)
    testing::append(batch, answered({.source = host,
                                     .source_port = ++port,
                                     .destination = "203.0.113.44",
                                     .destination_port = 443,
                                     .first = time},
                                    2400, 4200));
  std::vector<std::string> sites;
  for (int site = 1; site <= pages; ++site)
    sites.push_back("203.0.113." + std::to_string(130 + site));
  for (std::uint64_t visit = 0; visit < 200; ++visit) {
    testing::append(batch, answered({.source = host,
                                     .source_port = ++port,
                                     .destination = sites[random() % sites.size()],
                                     .destination_port = 443,
                                     .first = random() % (6 * kHour)},
                                    900 + random() % 5000, 3000 + random() % 300'000));
  }
}

TEST(Analysis, SuspectsNobodyOnAnOrdinaryDay) {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    FlowBatch batch;
    add_ordinary_day(batch, "192.168.1.2", seed);
    const auto outcome = analyse_flows(batch);
    ASSERT_FALSE(outcome.judgement.verdicts.empty());
    for (const auto& verdict : outcome.judgement.verdicts) EXPECT_EQ(verdict.tier, Tier::kC);
    EXPECT_LT(outcome.judgement.verdicts[0].probability, 0.1);
    EXPECT_TRUE(outcome.judgement.infected.empty());
  }
}

TEST(Analysis, SuspectsADeadServerThatABotKeepsCalling) {
  FlowBatch batch;
  add_ordinary_day(batch, "192.168.1.2", 1);
  for (std::uint16_t call = 0; call < 300; ++call)
    testing::append(batch, {.source_port = static_cast<std::uint16_t>(50'000 + call),
                            .first = call * 23 * kSecond});
  const auto outcome = analyse_flows(batch);
  const auto& top = outcome.judgement.verdicts.front();
  EXPECT_EQ(top.server.to_string(), "198.51.100.7:4444/tcp");
  EXPECT_EQ(top.tier, Tier::kB);
  EXPECT_EQ(top.clients, 1u);
  ASSERT_EQ(outcome.judgement.infected.size(), 1u);
  EXPECT_EQ(outcome.judgement.infected[0].findings[0].reason, InfectionReason::kCallsServer);
}

/// An IRC-like channel: one connection for hours, a ping about every 90 s, as a router exports it.
TEST(Analysis, PutsAQuietChannelOnAFavouredPortFirst) {
  FlowBatch batch;
  add_ordinary_day(batch, "192.168.1.2", 2);
  std::mt19937_64 random(5);
  for (std::uint64_t time = 0; time < 6 * kHour; time += 90 * kSecond + random() % 2000) {
    TestFlow ping{.destination_port = 6667,
                  .first = time,
                  .packets = 2,
                  .bytes = 120,
                  .flags = kTcpAck | kTcpPsh,
                  .kind = FlowKind::kUnidirectional};
    testing::append(batch, ping);
    std::swap(ping.source, ping.destination);
    std::swap(ping.source_port, ping.destination_port);
    ping.first += 40;
    testing::append(batch, ping);
  }
  const auto outcome = analyse_flows(batch);
  EXPECT_EQ(outcome.judgement.verdicts.front().server.to_string(), "198.51.100.7:6667/tcp");
  EXPECT_GT(outcome.judgement.verdicts.front().probability, 0.3);
}

TEST(Analysis, PutsAnHttpBeaconFirst) {
  FlowBatch batch;
  add_ordinary_day(batch, "192.168.1.2", 3);
  std::mt19937_64 random(5);
  std::uint16_t port = 50'000;
  for (std::uint64_t time = 0; time < 6 * kHour; time += 57 * kSecond + random() % (6 * kSecond))
    testing::append(
        batch, answered({.source_port = ++port, .destination_port = 80, .first = time}, 420, 380));
  const auto outcome = analyse_flows(batch);
  EXPECT_EQ(outcome.judgement.verdicts.front().server.to_string(), "198.51.100.7:80/tcp");
}

/// Mirai's shape: scanning on 23, a keep-alive elsewhere, then a flood.
TEST(Analysis, TellsCommanderFromScannedHostsAndVictims) {
  FlowBatch batch;
  // A camera: few servers of its own.
  add_ordinary_day(batch, "192.168.1.2", 4, 3);
  std::vector<std::string> scanned;
  for (int host = 0; host < 400; ++host)
    scanned.push_back("192.0." + std::to_string(2 + host / 200) + "." + std::to_string(host % 200));
  for (std::size_t host = 0; host < scanned.size(); ++host)
    testing::append(batch, {.source_port = static_cast<std::uint16_t>(20'000 + host),
                            .destination = scanned[host],
                            .destination_port = 23,
                            .first = host * 200,
                            .packets = 1,
                            .bytes = 40});
  testing::append(batch, {.source_port = 777,
                          .destination = "203.0.113.9",
                          .destination_port = 80,
                          .protocol = kUdp,
                          .first = kHour,
                          .duration = 60 * kSecond,
                          .packets = 200'000,
                          .bytes = 100'000'000});
  auto keep_alive = answered({.destination_port = 48'101, .duration = 5 * kHour}, 18'000, 19'000);
  keep_alive.flags = keep_alive.reverse_flags = kTcpSyn | kTcpAck | kTcpPsh;
  testing::append(batch, keep_alive);

  const auto outcome = analyse_flows(batch);
  EXPECT_EQ(outcome.judgement.verdicts.front().server.to_string(), "198.51.100.7:48101/tcp");
  EXPECT_EQ(outcome.judgement.verdicts.front().tier, Tier::kB);
  ASSERT_NE(outcome.on("203.0.113.9:80/udp"), nullptr);
  EXPECT_LT(outcome.on("203.0.113.9:80/udp")->probability, 0.001);
  EXPECT_EQ(outcome.on("192.0.2.77:23/tcp"), nullptr);
  EXPECT_EQ(outcome.judgement.scan_targets, 400u);
  ASSERT_EQ(outcome.judgement.infected.size(), 1u);
  const auto& findings = outcome.judgement.infected[0].findings;
  for (const auto reason :
       {InfectionReason::kScan, InfectionReason::kFlood, InfectionReason::kCallsServer})
    EXPECT_TRUE(std::ranges::any_of(findings,
                                    [&](const auto& finding) { return finding.reason == reason; }));
}

TEST(Analysis, TellsCallsFromOutsideFromCallsItMakes) {
  FlowBatch batch;
  // A host on a public address that serves nothing, called and scanned by strangers.
  add_ordinary_day(batch, "198.51.100.20", 6);
  for (std::uint16_t call = 0; call < 400; ++call)
    testing::append(batch, {.source = "192.0.2.99",
                            .source_port = static_cast<std::uint16_t>(1024 + call),
                            .destination = "198.51.100.20",
                            .destination_port = 1337,
                            .first = call * 11 * kSecond});
  const auto outcome = analyse_flows(batch);
  ASSERT_EQ(outcome.local.prefixes.size(), 1u);
  EXPECT_EQ(outcome.local.prefixes[0].to_string(), "198.51.100.20/32");
  EXPECT_EQ(outcome.on("198.51.100.20:1337/tcp"), nullptr);
  EXPECT_EQ(outcome.judgement.incoming_contacts, 1u);
  EXPECT_TRUE(outcome.judgement.infected.empty());
}

TEST(Analysis, RaisesTheLoaderBesideTheCommandPortAndNothingAboveIt) {
  FlowBatch batch;
  for (std::uint16_t call = 0; call < 300; ++call)
    testing::append(batch, {.source_port = static_cast<std::uint16_t>(50'000 + call),
                            .first = call * 23 * kSecond});
  for (std::uint16_t load = 0; load < 4; ++load)
    testing::append(batch, answered({.source_port = static_cast<std::uint16_t>(2000 + load),
                                     .destination_port = 80,
                                     .first = load * 30 * kSecond},
                                    700, 100'000));
  const auto outcome = analyse_flows(batch);
  const auto* command = outcome.on("198.51.100.7:4444/tcp");
  const auto* loader = outcome.on("198.51.100.7:80/tcp");
  ASSERT_NE(command, nullptr);
  ASSERT_NE(loader, nullptr);
  EXPECT_EQ(outcome.judgement.verdicts.front().server, command->server);
  EXPECT_LE(loader->probability, command->probability);
  EXPECT_TRUE(std::ranges::any_of(
      loader->evidence, [](const Evidence& evidence) { return evidence.code == "same_address"; }));
}

TEST(Analysis, NeverTakesAMulticastGroupForAServer) {
  FlowBatch batch;
  for (std::uint64_t call = 0; call < 100; ++call)
    testing::append(batch, {.destination = "239.1.2.3",
                            .destination_port = 9999,
                            .protocol = kUdp,
                            .first = call * kMinute});
  EXPECT_TRUE(analyse_flows(batch).judgement.verdicts.empty());
}

TEST(Analysis, SoftensWhatManyHostsCall) {
  const auto probability_with = [](int hosts) {
    FlowBatch batch;
    std::vector<std::string> names;
    for (int host = 0; host < 60; ++host) names.push_back("10.0.0." + std::to_string(host + 1));
    for (int host = 0; host < 60; ++host) {
      testing::append(batch, answered({.source = names[static_cast<std::size_t>(host)],
                                       .destination = "203.0.113.44",
                                       .destination_port = 443}));
      for (std::uint16_t call = 0; host < hosts && call < 30; ++call)
        testing::append(batch, {.source = names[static_cast<std::size_t>(host)],
                                .source_port = static_cast<std::uint16_t>(50'000 + call),
                                .first = call * kMinute});
    }
    return analyse_flows(batch).on("198.51.100.7:4444/tcp")->probability;
  };
  EXPECT_GT(probability_with(2), probability_with(10));
  EXPECT_GT(probability_with(10), probability_with(60));
}

/// Sixty hosts; four scan and keep a channel open; a camera relay is polled by one of them and by
/// five that attack nobody.
TEST(Analysis, TellsTheBotsCommanderFromWhatOneOfThemAlsoCalls) {
  FlowBatch batch;
  std::vector<std::string> hosts;
  for (int host = 0; host < 60; ++host) hosts.push_back("10.0.0." + std::to_string(host + 1));
  for (const auto& host : hosts)
    testing::append(
        batch, answered({.source = host, .destination = "203.0.113.44", .destination_port = 443}));
  for (std::size_t bot = 0; bot < 4; ++bot) {
    for (std::uint32_t target = 0; target < 60; ++target) {
      testing::append(batch, {.source = hosts[bot],
                              .source_port = static_cast<std::uint16_t>(20'000 + target),
                              .destination_port = 23,
                              .first = target * 500,
                              .packets = 1,
                              .bytes = 40});
      batch.mutable_destination_address()[batch.size() - 1] =
          IpAddress::from_v4(0xc0000200 + target + 64 * static_cast<std::uint32_t>(bot));
    }
    auto channel = answered({.source = hosts[bot], .duration = kHour}, 3000, 3000);
    channel.flags = channel.reverse_flags = kTcpSyn | kTcpAck | kTcpPsh;
    testing::append(batch, channel);
  }
  for (std::size_t host = 3; host < 9; ++host)
    for (std::uint16_t call = 0; call < 60; ++call)
      testing::append(batch, answered({.source = hosts[host],
                                       .source_port = static_cast<std::uint16_t>(50'000 + call),
                                       .destination = "203.0.113.55",
                                       .destination_port = 32'100,
                                       .protocol = kUdp,
                                       .first = call * kMinute},
                                      200, 150));
  const auto outcome = analyse_flows(batch);
  EXPECT_EQ(outcome.judgement.verdicts.front().server.to_string(), "198.51.100.7:4444/tcp");
  EXPECT_NE(outcome.judgement.verdicts.front().tier, Tier::kC);
  EXPECT_EQ(outcome.judgement.verdicts.front().evidence.front().code, "company_of_attackers");
  ASSERT_NE(outcome.on("203.0.113.55:32100/udp"), nullptr);
  EXPECT_EQ(outcome.on("203.0.113.55:32100/udp")->tier, Tier::kC);
  EXPECT_EQ(outcome.judgement.infected.size(), 4u);
}

TEST(LocalSide, TakesPrivateAddressesWhereTheyOccur) {
  FlowBatch batch;
  add_ordinary_day(batch, "10.1.2.3", 1);
  const auto outcome = analyse_flows(batch);
  EXPECT_EQ(outcome.local.ground, LocalSide::Ground::kPrivate);
  EXPECT_TRUE(outcome.local.contains(IpAddress::parse("10.1.2.3").value()));
  EXPECT_FALSE(outcome.local.contains(IpAddress::parse("203.0.113.44").value()));
}

TEST(LocalSide, TakesPseudonymsForOnlySubscribersHaveThem) {
  FlowBatch batch;
  add_ordinary_day(batch, "~198.51.100.20", 1);
  add_ordinary_day(batch, "~2001:db8::20", 2);
  for (const auto& stated : {std::vector<Prefix>(), {Prefix::parse("192.0.2.0/24").value()}}) {
    const auto outcome = analyse_flows(batch, stated);
    for (const auto* host : {"~198.51.100.20", "~2001:db8::20", "~203.0.113.44"})
      EXPECT_TRUE(outcome.local.contains(IpAddress::parse(host).value())) << host;
    EXPECT_FALSE(outcome.local.contains(IpAddress::parse("198.51.100.20").value()));
    EXPECT_FALSE(outcome.local.contains(IpAddress::parse("203.0.113.44").value()));
  }
}

TEST(LocalSide, TakesTheBlockThatNearlyAllContactsHaveInCommon) {
  FlowBatch batch;
  for (const auto* host : {"198.51.100.20", "198.51.100.21", "198.51.100.22"})
    add_ordinary_day(batch, host, 1);
  const auto outcome = analyse_flows(batch);
  EXPECT_EQ(outcome.local.ground, LocalSide::Ground::kObserved);
  // The sites called all lie in one block too; the block that calls is the one inside.
  ASSERT_EQ(outcome.local.prefixes.size(), 1u);
  EXPECT_EQ(outcome.local.prefixes[0].to_string(), "198.51.100.0/24");
}

TEST(LocalSide, BelievesWhoSaysSo) {
  FlowBatch batch;
  add_ordinary_day(batch, "10.1.2.3", 1);
  const auto outcome = analyse_flows(batch, {Prefix::parse("203.0.113.0/24").value()});
  EXPECT_EQ(outcome.local.ground, LocalSide::Ground::kStated);
  EXPECT_TRUE(outcome.judgement.verdicts.empty());
}

TEST(Analysis, ReportsFilesItCannotReadAndGoesOn) {
  AnalysisOptions options;
  options.files = {"/nonexistent/recording.pcap"};
  const auto analysis = analyse(options);
  EXPECT_EQ(analysis.files_read, 0u);
  ASSERT_EQ(analysis.failures.size(), 1u);
  EXPECT_EQ(analysis.failures[0].message.find("/nonexistent/recording.pcap"), 0u);
}

}  // namespace
}  // namespace noroshi
