#include "pipeline/judged_window.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "model/flow_batch.h"
#include "pipeline/analysis.h"
#include "summarise/flows_for_test.h"
#include "summarise/summariser.h"

namespace noroshi {
namespace {

using testing::answered;
using testing::TestFlow;

constexpr std::uint64_t kSecond = 1000;
constexpr std::uint64_t kMinute = 60 * kSecond;
constexpr std::uint64_t kHour = 60 * kMinute;
/// Times of a test count from a whole hour.
constexpr std::uint64_t kFirstHour = testing::kStart / kHour + 1;
constexpr std::uint64_t kOffset = kFirstHour * kHour - testing::kStart;

/// Contacts by the hour, as the history has them.
using Hours = std::map<std::uint64_t, std::vector<Contact>>;

class Past {
 public:
  void add(TestFlow flow) {
    flow.first += kOffset;
    flows_[(testing::kStart + flow.first + flow.duration) / kHour].push_back(flow);
  }
  [[nodiscard]] Hours hours() const {
    Hours hours;
    for (const auto& [hour, flows] : flows_) {
      FlowBatch batch;
      for (const auto& flow : flows) testing::append(batch, flow);
      Summariser summariser({});
      summariser.add(batch);
      auto& contacts = hours[hour] = summariser.finish().contacts;
      std::ranges::sort(contacts, [](const Contact& a, const Contact& b) {
        return std::tie(a.client, a.server) < std::tie(b.client, b.server);
      });
    }
    return hours;
  }
  [[nodiscard]] FlowBatch whole() const {
    FlowBatch batch;
    for (const auto& [hour, flows] : flows_)
      for (const auto& flow : flows) testing::append(batch, flow);
    return batch;
  }

 private:
  std::map<std::uint64_t, std::vector<TestFlow>> flows_;
};

HourOfContacts reader_of(const Hours& hours) {
  return [&hours](std::uint64_t hour,
                  const std::function<Status(std::span<const Contact>)>& sink) -> Status {
    const auto found = hours.find(hour);
    if (found == hours.end()) return {};
    // In pieces, as an engine answers.
    const std::span<const Contact> all(found->second);
    for (std::size_t at = 0; at < all.size(); at += 7)
      TRY(sink(all.subspan(at, std::min<std::size_t>(7, all.size() - at))));
    return {};
  };
}

WindowOrder day() {
  WindowOrder order;
  order.from = kFirstHour;
  order.to = kFirstHour + 24;
  order.local = {Prefix::parse("192.168.0.0/16").value()};
  return order;
}

const Verdict* verdict_on(const Judgement& judgement, std::string_view server) {
  const auto found = std::ranges::find_if(judgement.verdicts, [&](const Verdict& verdict) {
    return verdict.server.to_string() == server;
  });
  return found == judgement.verdicts.end() ? nullptr : &*found;
}

/// A day of 60 hosts with pages, names and time; twelve of them scan Telnet and keep calling a
/// server.
Past botnet_day(std::uint64_t seed = 1) {
  Past past;
  std::mt19937_64 random(seed);
  std::vector<std::string> hosts;
  for (int host = 1; host <= 60; ++host) hosts.push_back("192.168.1." + std::to_string(host));
  std::vector<std::string> sites;
  for (int site = 1; site <= 80; ++site) sites.push_back("203.0.113." + std::to_string(site));
  std::vector<std::string> targets;
  for (int target = 1; target <= 250; ++target)
    targets.push_back("198.18.7." + std::to_string(target));
  std::uint16_t port = 20'000;
  for (std::size_t host = 0; host < hosts.size(); ++host) {
    for (int visit = 0; visit < 120; ++visit) {
      const auto time = random() % (24 * kHour - kMinute);
      past.add(answered({.source = hosts[host],
                         .source_port = ++port,
                         .destination = sites[random() % sites.size()],
                         .destination_port = 443,
                         .first = time},
                        900 + random() % 5000, 3000 + random() % 300'000));
    }
    if (host % 5 != 0) continue;
    for (std::uint64_t time = host * kMinute; time < 23 * kHour; time += 10 * kMinute)
      past.add(answered({.source = hosts[host],
                         .source_port = ++port,
                         .destination = "198.51.100.66",
                         .destination_port = 48'101,
                         .first = time},
                        120, 90));
    for (std::size_t target = 0; target < 40; ++target)
      past.add({.source = hosts[host],
                .source_port = ++port,
                .destination = targets[(host * 17 + target * 3) % targets.size()],
                .destination_port = 23,
                .first = (target + 1) * 30 * kMinute,
                .packets = 1,
                .bytes = 40});
  }
  // What the tests' flows refer to must outlive this.
  static std::vector<std::vector<std::string>> kept;
  kept.push_back(std::move(hosts));
  kept.push_back(std::move(sites));
  kept.push_back(std::move(targets));
  return past;
}

TEST(JudgedWindow, PutsTheServerOfABotnetFirstAndItsBotsAmongTheInfected) {
  const auto hours = botnet_day().hours();
  const auto window = judge_window(day(), reader_of(hours));
  ASSERT_TRUE(window) << window.error().message;
  ASSERT_FALSE(window->judgement.verdicts.empty());
  const auto& top = window->judgement.verdicts.front();
  EXPECT_EQ(top.server.to_string(), "198.51.100.66:48101/tcp");
  EXPECT_EQ(top.tier, Tier::kA);
  EXPECT_EQ(top.clients, 12u);
  EXPECT_EQ(window->judgement.infected.size(), 12u);
  EXPECT_EQ(window->judgement.local_clients, 60u);
  EXPECT_EQ(window->statistics.hours_without_contacts, 0u);
  EXPECT_GT(window->statistics.sieve.servers_called_in_passing, 100u);
}

TEST(JudgedWindow, JudgesAsOneSummaryOfTheWholeDayWould) {
  const auto past = botnet_day(2);
  const auto hours = past.hours();
  const auto window = judge_window(day(), reader_of(hours));
  ASSERT_TRUE(window) << window.error().message;
  Summariser summariser({});
  summariser.add(past.whole());
  const auto summary = summariser.finish();
  const auto local = local_side_of(summary.contacts, day().local);
  const auto whole = judge_contacts(summary, local);
  EXPECT_EQ(window->judgement.local_clients, whole.local_clients);
  EXPECT_EQ(window->judgement.infected.size(), whole.infected.size());
  std::size_t compared = 0;
  for (const auto& verdict : whole.verdicts) {
    if (verdict.connections < 3 && verdict.clients < 3) continue;
    const auto* found = verdict_on(window->judgement, verdict.server.to_string());
    ASSERT_NE(found, nullptr) << verdict.server.to_string();
    EXPECT_EQ(found->clients, verdict.clients) << verdict.server.to_string();
    EXPECT_EQ(found->connections, verdict.connections) << verdict.server.to_string();
    EXPECT_EQ(found->tier, verdict.tier) << verdict.server.to_string();
    EXPECT_NEAR(found->probability, verdict.probability, 1e-9) << verdict.server.to_string();
    ++compared;
  }
  EXPECT_GT(compared, 50u);
}

TEST(JudgedWindow, LeavesOutWhatMostClientsCallWhenRoomIsShort) {
  const auto hours = botnet_day().hours();
  auto order = day();
  order.sieve.most_contacts = 400;  // of some four thousand
  order.most_in_passing = 4;
  const auto window = judge_window(order, reader_of(hours));
  ASSERT_TRUE(window) << window.error().message;
  EXPECT_GT(window->statistics.sieve.servers_too_popular, 0u);
  EXPECT_LE(window->statistics.contacts_judged, 600u);
  EXPECT_GT(window->statistics.contacts_in_passing_not_kept, 0u);
  const auto* bots = verdict_on(window->judgement, "198.51.100.66:48101/tcp");
  ASSERT_NE(bots, nullptr) << "twelve clients are fewer than those of a site";
  EXPECT_NE(bots->tier, Tier::kC);
}

TEST(JudgedWindow, AScanWithMoreTargetsThanRoomDoesNotHideAServer) {
  auto past = botnet_day(3);
  std::vector<std::string> targets;
  for (int a = 0; a < 40; ++a)
    for (int b = 1; b < 250; ++b)
      targets.push_back("198.19." + std::to_string(a) + "." + std::to_string(b));
  for (std::size_t at = 0; at < targets.size(); ++at)
    past.add({.source = "192.168.9.9",
              .source_port = 999,
              .destination = targets[at],
              .destination_port = 2323,
              .first = at * 8 * kSecond % (23 * kHour),
              .packets = 1,
              .bytes = 40});
  const auto hours = past.hours();
  auto order = day();
  order.sieve.most_servers = 600;
  const auto window = judge_window(order, reader_of(hours));
  ASSERT_TRUE(window) << window.error().message;
  EXPECT_GT(window->statistics.sieve.servers_not_kept, 5'000u);
  const auto* bots = verdict_on(window->judgement, "198.51.100.66:48101/tcp");
  ASSERT_NE(bots, nullptr);
  EXPECT_EQ(bots->clients, 12u);
  const auto scanner = std::ranges::find(
      window->judgement.infected, IpAddress::parse("192.168.9.9").value(), &InfectedHost::address);
  ASSERT_NE(scanner, window->judgement.infected.end());
  EXPECT_EQ(scanner->findings.front().count, targets.size());
}

TEST(JudgedWindow, ADeadPrinterCalledEveryHourIsNoScan) {
  Past past;
  for (std::uint64_t hour = 0; hour < 24; ++hour)
    past.add({.source_port = static_cast<std::uint16_t>(40'000 + hour),
              .destination = "192.168.1.200",
              .destination_port = 9100,
              .first = hour * kHour + kMinute});
  const auto hours = past.hours();
  const auto window = judge_window(day(), reader_of(hours));
  ASSERT_TRUE(window) << window.error().message;
  for (const auto& host : window->judgement.infected)
    for (const auto& finding : host.findings) EXPECT_NE(finding.reason, InfectionReason::kScan);
}

TEST(JudgedWindow, LooksIntoAFollowedServerHoweverRarelyItWasCalled) {
  auto past = botnet_day();
  past.add(answered({.source = "192.168.1.4", .destination = "198.51.100.5", .first = kHour}));
  const auto hours = past.hours();
  auto order = day();
  order.most_in_passing = 0;
  auto window = judge_window(order, reader_of(hours));
  ASSERT_TRUE(window) << window.error().message;
  EXPECT_EQ(verdict_on(window->judgement, "198.51.100.5:4444/tcp"), nullptr);
  order.followed = {Endpoint{IpAddress::parse("198.51.100.5").value(), Port{4444}, kTcp}};
  window = judge_window(order, reader_of(hours));
  ASSERT_TRUE(window) << window.error().message;
  EXPECT_NE(verdict_on(window->judgement, "198.51.100.5:4444/tcp"), nullptr);
}

TEST(JudgedWindow, SaysWhichHoursHadNothing) {
  Past past;
  past.add(answered({.first = 2 * kHour}));
  const auto hours = past.hours();
  const auto window = judge_window(day(), reader_of(hours));
  ASSERT_TRUE(window) << window.error().message;
  EXPECT_EQ(window->statistics.hours_without_contacts, 23u);
}

TEST(JudgedWindow, EndsWithTheErrorOfAnHourThatCannotBeRead) {
  const auto window = judge_window(day(), [](std::uint64_t hour, const auto&) -> Status {
    if (hour < kFirstHour + 5) return {};
    return failure(ErrorCode::kPermission, "not that hour");
  });
  ASSERT_FALSE(window);
  EXPECT_EQ(window.error().code, ErrorCode::kPermission);
}

TEST(JudgedWindow, RefusesAnEmptyWindowAndOneTooLong) {
  const auto nothing = [](std::uint64_t, const auto&) -> Status { return {}; };
  auto order = day();
  order.to = order.from;
  EXPECT_EQ(judge_window(order, nothing).error().code, ErrorCode::kInvalidArgument);
  order.to = order.from + kMostHoursJudged + 1;
  EXPECT_EQ(judge_window(order, nothing).error().code, ErrorCode::kInvalidArgument);
}

TEST(HashSet, RemembersAsManyAsItMay) {
  HashSet set(10'000);
  for (std::uint64_t number = 0; number < 10'000; ++number)
    ASSERT_EQ(set.insert(mix(number, 1)), HashSet::Insertion::kNew);
  for (std::uint64_t number = 0; number < 10'000; ++number)
    ASSERT_EQ(set.insert(mix(number, 1)), HashSet::Insertion::kKnown);
  EXPECT_EQ(set.insert(mix(10'000, 1)), HashSet::Insertion::kFull);
  EXPECT_EQ(set.size(), 10'000u);
}

}  // namespace
}  // namespace noroshi
