#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "judge/scan/attacks.h"
#include "judge/scan/threshold_random_walk.h"
#include "model/flow_batch.h"

namespace noroshi {
namespace {

using State = ThresholdRandomWalk::State;

TEST(ThresholdRandomWalk, StepsAndBoundsAreThoseOfThePaper) {
  ThresholdRandomWalk walk;
  walk.observe(false);
  EXPECT_NEAR(walk.log_ratio(), std::log(4.0), 1e-12);
  walk.observe(true);
  EXPECT_NEAR(walk.log_ratio(), 0.0, 1e-12);
  // η1 = 99: four failures give 256 and cross it, three give 64 and do not.
  ThresholdRandomWalk scanner;
  EXPECT_EQ(scanner.observe(false), State::kPending);
  EXPECT_EQ(scanner.observe(false), State::kPending);
  EXPECT_EQ(scanner.observe(false), State::kPending);
  EXPECT_EQ(scanner.observe(false), State::kScanner);
  // η0 = 0.0101: four successes give 1/256 and cross it, three give 1/64 and do not.
  ThresholdRandomWalk benign;
  for (int success = 0; success < 3; ++success) EXPECT_EQ(benign.observe(true), State::kPending);
  EXPECT_EQ(benign.observe(true), State::kBenign);
  EXPECT_EQ(benign.observe(false), State::kBenign);
}

TEST(ThresholdRandomWalk, KeepsItsErrorRates) {
  std::mt19937_64 random(1);
  const auto decide = [&](double success) {
    ThresholdRandomWalk walk;
    std::bernoulli_distribution coin(success);
    while (walk.state() == State::kPending) walk.observe(coin(random));
    return walk.state();
  };
  int false_alarms = 0, missed = 0;
  constexpr int kTrials = 5000;
  for (int trial = 0; trial < kTrials; ++trial) {
    false_alarms += decide(0.8) == State::kScanner ? 1 : 0;
    missed += decide(0.2) == State::kBenign ? 1 : 0;
  }
  // α = 0.01 and 1 − β = 0.01, as upper bounds of Wald's test.
  EXPECT_LE(false_alarms, kTrials / 66);
  EXPECT_LE(missed, kTrials / 66);
}

PortActivity activity(std::uint64_t failures, std::uint64_t successes) {
  PortActivity result{.client = IpAddress::from_v4(1), .port = Port{23}, .protocol = kTcp};
  result.destinations = failures + successes;
  result.first_failures = failures;
  result.first_successes = successes;
  for (std::size_t index = 0; index < std::min<std::size_t>(successes, 128); ++index)
    result.outcomes[index / 64] |= std::uint64_t{1} << (index % 64);
  return result;
}

std::size_t scans_in(const PortActivity& one, KnownService service = {}) {
  ContactSummary summary;
  summary.port_activity.push_back(one);
  return find_scans(summary, View{}, {}, std::span(&service, 1)).size();
}

TEST(Scans, NeedTheWalkAndEnoughFailedDestinations) {
  EXPECT_EQ(scans_in(activity(137, 0)), 1u);
  EXPECT_EQ(scans_in(activity(10, 0)), 1u);
  EXPECT_EQ(scans_in(activity(9, 0)), 0u);
  EXPECT_EQ(scans_in(activity(12, 300)), 0u);  // a browser with a few dead links
}

TEST(Scans, LeaveUnansweredTimeAndNameRequestsAlone) {
  EXPECT_EQ(scans_in(activity(50, 0), {ServiceWeight::kHard, "ntp"}), 0u);
}

TEST(Scans, FindTheWalkThroughThePortsOfOneHost) {
  ContactSummary summary;
  std::vector<ContactFacts> facts;
  for (std::uint16_t port = 1; port <= 40; ++port) {
    Contact contact;
    contact.client = IpAddress::from_v4(1);
    contact.server = {IpAddress::from_v4(2), Port{port}, kTcp};
    contact.connections = 1;
    contact.answered = port == 22 ? 1 : 0;
    contact.first = contact.last = port * 1000ULL;
    summary.contacts.push_back(contact);
    facts.push_back({.server_can_serve = true});
  }
  const auto scans = find_scans(summary, View{}, facts, {});
  ASSERT_EQ(scans.size(), 1u);
  EXPECT_EQ(scans[0].count, 39u);
  EXPECT_EQ(scans[0].target.address, IpAddress::from_v4(2));
}

Contact one_sided(std::uint64_t packets, std::uint64_t seconds, Protocol protocol) {
  Contact contact;
  contact.server = {IpAddress::from_v4(2), Port{80}, protocol};
  contact.connections = 1;
  contact.flows = 1;
  contact.packets_up = packets;
  contact.first = 1'700'000'000'000;
  contact.last = contact.first + seconds * 1000;
  contact.tcp_flags_up = protocol == kTcp ? kTcpSyn : std::uint8_t{0};
  contact.sampling_rate = 1;
  contact.active_hours = {{contact.first / 3'600'000, ~std::uint64_t{0}}};
  return contact;
}

TEST(Floods, AreOneSidedAndFast) {
  EXPECT_TRUE(is_flood(one_sided(2000, 20, kTcp), View{}));
  EXPECT_TRUE(is_flood(one_sided(20'000, 60, kUdp), View{}));
  // A bot calling its dead server: three SYNs every ten seconds for an hour.
  EXPECT_FALSE(is_flood(one_sided(1080, 3600, kTcp), View{}));
  auto conversation = one_sided(20'000, 60, kUdp);
  conversation.packets_down = 18'000;
  EXPECT_FALSE(is_flood(conversation, View{}));
}

TEST(Floods, AreNotConcludedFromAHandfulOfSamples) {
  auto sampled = one_sided(10, 10, kUdp);
  sampled.sampling_rate = 1000;
  EXPECT_FALSE(is_flood(sampled, View{}));
  sampled = one_sided(500, 10, kUdp);
  sampled.sampling_rate = 1000;
  EXPECT_TRUE(is_flood(sampled, View{}));
  // Where only one direction is exported, silence proves nothing.
  EXPECT_FALSE(is_flood(sampled, {.one_way = true}));
}

}  // namespace
}  // namespace noroshi
