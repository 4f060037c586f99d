#include "simulate/network.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include "net/prefix.h"
#include "simulate/plan/read_plan.h"

namespace noroshi::simulate {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

Plan plan_of(std::string_view text) {
  auto plan = parse_plan(text, "case.toml");
  EXPECT_TRUE(plan) << (plan ? "" : plan.error().message);
  return *std::move(plan);
}

constexpr std::string_view kSmall = R"(
start = "2026-11-02T20:00:00+09:00"
duration = "30m"
[population]
lines = 300
[habits]
video = 0.1
[[botnet]]
kind = "mirai"
lines = 4
spread = "10m"
scan_rate = 5
attacks = 1
attack_length = "30s"
[[botnet]]
kind = "http_beacon"
lines = 3
period = "60s"
[[botnet]]
kind = "dead"
lines = 3
scan = false
[[botnet]]
name = "taken"
kind = "http_beacon"
lines = 3
period = "60s"
sinkhole_from = "15m"
[[botnet]]
kind = "p2p"
lines = 2
scan_rate = 1
[[botnet]]
kind = "rat"
lines = 1
)";

/// FNV-1a over every field of every row.
struct Fingerprint {
  std::uint64_t hash = 0xcbf2'9ce4'8422'2325;
  void add(const FlowBatch& rows) {
    rows.for_each_field([&](std::string_view, auto values) {
      for (const auto byte : std::as_bytes(values))
        hash = (hash ^ std::to_integer<std::uint64_t>(byte)) * 0x100'0000'01b3;
    });
  }
};

struct Run {
  std::unique_ptr<Network> network;
  std::vector<FlowBatch> rows;  // by view
  std::vector<Fingerprint> fingerprints;
};

Run run(const Plan& plan, unsigned threads = 2, seconds slice = {}) {
  Run result;
  auto network = Network::create(plan, {.threads = threads, .recordings = "", .slice = slice});
  EXPECT_TRUE(network) << (network ? "" : network.error().message);
  result.network = *std::move(network);
  for (std::size_t view = 0; view < plan.views.size(); ++view) result.rows.emplace_back(4096);
  result.fingerprints.resize(plan.views.size());
  while (result.network->advance()) {
    for (std::size_t view = 0; view < plan.views.size(); ++view) {
      const auto& rows = result.network->rows(view);
      result.fingerprints[view].add(rows);
      for (std::size_t row = 0; row < rows.size(); ++row) {
        result.rows[view].append_row(rows, row);
        EXPECT_LE(rows.received()[row], to_unix_milliseconds(result.network->now()));
      }
    }
  }
  return result;
}

std::uint64_t packets_of(const FlowBatch& rows) {
  std::uint64_t sum = 0;
  for (const auto packets : rows.packets()) sum += packets;
  return sum;
}

TEST(Network, GivesTheSameRowsForASeedWithAnyNumberOfThreads) {
  const auto plan = plan_of(kSmall);
  const auto one = run(plan, 1);
  const auto three = run(plan, 3);
  EXPECT_EQ(one.fingerprints[0].hash, three.fingerprints[0].hash);
  EXPECT_GT(one.rows[0].size(), 10'000u);
  // The truth too.
  for (std::uint32_t number = 1; number <= one.network->truth().size(); ++number) {
    const auto& a = one.network->truth().subject(number);
    const auto& b = three.network->truth().subject(number);
    EXPECT_EQ(a.about().endpoint, b.about().endpoint);
    EXPECT_EQ(std::tuple(a.packets(), a.lines(), a.span().first, a.span().last),
              std::tuple(b.packets(), b.lines(), b.span().first, b.span().last));
  }
  auto other = plan;
  other.seed = 2;
  EXPECT_NE(run(other).fingerprints[0].hash, one.fingerprints[0].hash);
}

TEST(Network, HandsRowsOutInTheOrderInWhichTheyWereExported) {
  const auto plan = plan_of(kSmall);
  const auto all = run(plan);
  const auto& rows = all.rows[0];
  for (std::size_t row = 0; row < rows.size(); ++row) {
    ASSERT_LE(rows.first()[row], rows.last()[row]);
    ASSERT_GE(rows.first()[row], to_unix_milliseconds(plan.start));
    ASSERT_LE(rows.first()[row], to_unix_milliseconds(plan.end()) + 10'100);
    if (row > 0) {
      ASSERT_LE(rows.received()[row - 1], rows.received()[row]);
    }
  }
}

/// What a row says, but for when it was exported: routers look for flows that are over at the end
/// of a slice.
using RowWords =
    std::tuple<IpAddress, IpAddress, std::uint16_t, std::uint16_t, std::uint8_t, std::uint8_t,
               std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t>;

std::multiset<RowWords> words_of(const FlowBatch& rows) {
  std::multiset<RowWords> words;
  for (std::size_t row = 0; row < rows.size(); ++row)
    words.emplace(rows.source_address()[row], rows.destination_address()[row],
                  rows.source_port()[row], rows.destination_port()[row], rows.protocol()[row],
                  rows.tcp_flags()[row], rows.first()[row], rows.last()[row], rows.packets()[row],
                  rows.bytes()[row]);
  return words;
}

TEST(Network, CutsTimeIntoSlicesWithoutATrace) {
  // More lines make shorter slices; what a line does must not depend on them.
  const auto plan = plan_of(kSmall);
  const auto long_slices = run(plan, 2, seconds(60));
  const auto words = words_of(long_slices.rows[0]);
  EXPECT_GT(words.size(), 10'000u);
  for (const seconds slice : {seconds(1), seconds(15)})
    EXPECT_TRUE(words_of(run(plan, 2, slice).rows[0]) == words) << slice.count() << " s";
}

TEST(Network, ShowsEveryHostileServerToExactlyTheLinesThatTheTruthNames) {
  const auto plan = plan_of(kSmall);
  const auto all = run(plan);
  const auto& truth = all.network->truth();
  const auto infected = all.network->infected_lines();
  EXPECT_EQ(infected.size(), 16u);
  std::map<std::uint32_t, const InfectedLine*> by_line;
  for (const auto& line : infected) by_line[line.line] = &line;
  std::map<Endpoint, std::set<IpAddress>> seen;
  std::map<Endpoint, std::uint64_t> packets;
  const auto& rows = all.rows[0];
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const Protocol protocol{rows.protocol()[row]};
    const Endpoint to{rows.destination_address()[row], Port{rows.destination_port()[row]},
                      protocol};
    const Endpoint from{rows.source_address()[row], Port{rows.source_port()[row]}, protocol};
    for (const auto& [server, line] : {std::pair(to, from.address), std::pair(from, to.address)}) {
      if (truth.find(server) == 0) continue;
      seen[server].insert(line);
      packets[server] += rows.packets()[row];
    }
  }
  std::map<std::string, int> roles;
  for (std::uint32_t number = 1; number <= truth.size(); ++number) {
    const auto& subject = truth.subject(number);
    if (!subject.about().hostile) continue;
    std::set<IpAddress> expected;
    for (const auto line : subject.line_numbers()) {
      ASSERT_TRUE(by_line.contains(line));
      EXPECT_EQ(by_line[line]->botnet, subject.about().botnet);
      expected.insert(by_line[line]->address);
    }
    EXPECT_EQ(seen[subject.about().endpoint], expected) << subject.about().endpoint.to_string();
    // Of scans and loaders' logins the truth counts otherwise: probes alone; both ports.
    if (subject.about().role != "victim" && subject.about().role != "load") {
      EXPECT_EQ(packets[subject.about().endpoint], subject.packets())
          << subject.about().endpoint.to_string();
    }
    EXPECT_EQ(all.network->seen(0)[number].lines, expected.size());
    roles[subject.about().role] += subject.packets() > 0;
  }
  EXPECT_EQ(roles["command"], 5);  // mirai, beacon, dead, taken, rat
  EXPECT_EQ(roles["sinkhole"], 1);
  EXPECT_EQ(roles["victim"], 1);
}

TEST(Network, LetsADeadServerAnswerNobodyAndASinkholeSayNothing) {
  const auto plan = plan_of(kSmall);
  const auto all = run(plan);
  const auto& truth = all.network->truth();
  for (std::uint32_t number = 1; number <= truth.size(); ++number) {
    const auto& about = truth.subject(number).about();
    if (about.kind != "dead" && about.role != "sinkhole") continue;
    const auto& rows = all.rows[0];
    std::size_t called = 0;
    for (std::size_t row = 0; row < rows.size(); ++row) {
      called += rows.destination_address()[row] == about.endpoint.address &&
                rows.destination_port()[row] == about.endpoint.port.value;
      if (rows.source_address()[row] != about.endpoint.address) continue;
      ASSERT_NE(about.kind, "dead");
      EXPECT_LE(rows.bytes()[row] / rows.packets()[row], 60u);
    }
    EXPECT_GT(called, 10u) << about.role;
  }
}

TEST(Network, ThinsPacketsIndependentlyInEveryView) {
  auto plan = plan_of(kSmall);
  plan.views = {{.name = "all"},
                {.name = "ten", .sampling = 10},
                {.name = "hundred", .sampling = 100},
                {.name = "again", .sampling = 100},
                {.name = "thousand", .sampling = 1'000}};
  const auto all = run(plan);
  const auto whole = static_cast<double>(packets_of(all.rows[0]));
  for (std::size_t view = 1; view < plan.views.size(); ++view) {
    const double p = 1.0 / plan.views[view].sampling;
    EXPECT_NEAR(static_cast<double>(packets_of(all.rows[view])), whole * p,
                5 * std::sqrt(whole * p * (1 - p)))
        << plan.views[view].name;
  }
  EXPECT_NE(all.fingerprints[2].hash, all.fingerprints[3].hash);
  // A view does not change what happens: the first is the same alone.
  plan.views.resize(1);
  EXPECT_EQ(run(plan).fingerprints[0].hash, all.fingerprints[0].hash);
}

TEST(Network, ThinsSmallFlowsBinomially) {
  // Four packets a flow, one flow a minute and line: how many of the four are seen is binomial.
  auto plan = plan_of(R"(
duration = "40m"
[population]
lines = 400
[habits]
web = 0
video = 0
games = 0
calls = 0
updates = 0
resolvers = 0
doh = 0
push = 0
mqtt_cloud = 0
camera_relay = 0
stun = 0
vpn = 0
monitoring = 0
telemetry = 0
vendor_heartbeat = 0
mail = 0
irc_users = 0
crypto_pool = 0
bittorrent = 0
visitors = 0
uptime_checks = 0
inbound_scans = 0
[[botnet]]
kind = "dead"
lines = 200
scan = false
[[view]]
sampling = 1
[[view]]
sampling = 4
)");
  const auto all = run(plan);
  // Calls to the dead server: three SYNs each, one flow each as ports change.
  std::map<std::uint64_t, double> count;
  double attempts = 0;
  for (std::size_t row = 0; row < all.rows[0].size(); ++row)
    attempts += all.rows[0].protocol()[row] == kTcp.value;
  for (std::size_t row = 0; row < all.rows[1].size(); ++row)
    if (all.rows[1].protocol()[row] == kTcp.value) ++count[all.rows[1].packets()[row]];
  ASSERT_GT(attempts, 10'000);
  const double p = 0.25;
  const double expected[] = {0, 3 * p * (1 - p) * (1 - p), 3 * p * p * (1 - p), p * p * p};
  for (const std::uint64_t seen : {1u, 2u, 3u})
    EXPECT_NEAR(count[seen], attempts * expected[seen],
                5 * std::sqrt(attempts * expected[seen]) + attempts * 0.005)
        << seen;
}

TEST(Network, PutsManyLinesBehindOneAddressEachWithPortsOfItsOwn) {
  auto plan = plan_of(R"(
duration = "10m"
[population]
lines = 128
cgn = 1.0
cgn_lines = 32
ipv6 = 0.0
)");
  const auto all = run(plan);
  const auto prefix = *Prefix::parse("100.64.0.0/10");
  std::set<IpAddress> inside;
  for (std::size_t row = 0; row < all.rows[0].size(); ++row)
    for (const auto& address :
         {all.rows[0].source_address()[row], all.rows[0].destination_address()[row]})
      if (prefix.contains(address)) inside.insert(address);
  EXPECT_EQ(inside.size(), 4u);
}

TEST(Network, NamesOnlyAddressesThatHoldNoRealHost) {
  PrefixSet reserved;
  for (const char* prefix : {"100.64.0.0/10", "192.0.2.0/24", "198.18.0.0/15", "203.0.113.0/24",
                             "240.0.0.0/4", "2001:db8::/32"})
    reserved.add(*Prefix::parse(prefix));
  rc::check([&] {
    auto plan = plan_of(kSmall);
    plan.seed = *rc::gen::arbitrary<std::uint32_t>();
    plan.lines = *rc::gen::inRange(40u, 200u);
    plan.duration = std::chrono::seconds(*rc::gen::inRange(61, 150));
    for (auto& botnet : plan.botnets) {
      botnet.lines = *rc::gen::inRange(1u, 4u);
      botnet.spread = {};
      botnet.sinkhole_from = std::chrono::milliseconds(-1);
    }
    plan.views = {{.name = "one", .sampling = *rc::gen::inRange(1u, 20u)}};
    const auto all = run(plan);
    const auto& rows = all.rows[0];
    for (std::size_t row = 0; row < rows.size(); ++row) {
      RC_ASSERT(reserved.contains(rows.source_address()[row]));
      RC_ASSERT(reserved.contains(rows.destination_address()[row]));
      RC_ASSERT(rows.packets()[row] > 0u);
      RC_ASSERT(rows.bytes()[row] >= rows.packets()[row] * 28);
      RC_ASSERT(rows.bytes()[row] <= rows.packets()[row] * 1500);
    }
  });
}

}  // namespace
}  // namespace noroshi::simulate
