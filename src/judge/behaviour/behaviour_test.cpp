#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "judge/behaviour/behaviour_evidence.h"
#include "model/flow_batch.h"

namespace noroshi {
namespace {

constexpr std::uint64_t kStart = 1'700'000'000'000;
constexpr std::uint64_t kMinute = 60'000;

Contact calls(std::size_t count, std::uint64_t every, bool answered, std::uint64_t up = 200,
              std::uint64_t down = 150) {
  Contact contact;
  contact.client = IpAddress::from_v4(0xc0a80102);
  contact.server = {IpAddress::from_v4(0xc6336407), Port{4444}, kTcp};
  contact.sampling_rate = 1;
  contact.tcp_flags_up = kTcpSyn;
  for (std::size_t call = 0; call < count; ++call) {
    contact.events.push_back({.time = kStart + call * every,
                              .packets_up = 4,
                              .bytes_up = up,
                              .packets_down = answered ? 4ULL : 0,
                              .bytes_down = answered ? down : 0,
                              .answered = answered});
    contact.packets_up += 4;
    contact.bytes_up += up;
    contact.packets_down += answered ? 4 : 0;
    contact.bytes_down += answered ? down : 0;
  }
  contact.connections = contact.flows = contact.events_seen = count;
  contact.answered = answered ? count : 0;
  contact.first = kStart;
  contact.last = kStart + (count - 1) * every;
  return contact;
}

double llr_of(std::string_view code, const Contact& contact, const ContactFacts& facts = {},
              const View& view = {}) {
  const auto found = behaviour_evidence(contact, facts, view);
  const auto one = std::ranges::find(found, code, &Evidence::code);
  return one == found.end() ? 0 : one->log_likelihood_ratio;
}

TEST(Behaviour, UnansweredCallsGrowWithTheirNumberUpToACap) {
  EXPECT_EQ(llr_of("unanswered_calls", calls(4, kMinute, false)), 0);
  const double ten = llr_of("unanswered_calls", calls(10, 10 * kMinute, false));
  EXPECT_NEAR(ten, 1.1 * std::log(5.0), 1e-9);
  EXPECT_GT(llr_of("unanswered_calls", calls(100, kMinute, false)), ten);
  EXPECT_DOUBLE_EQ(llr_of("unanswered_calls", calls(5000, kMinute, false)), 5.0);
}

TEST(Behaviour, UnansweredCallsOfAMinuteAreNoPersistence) {
  EXPECT_LT(llr_of("unanswered_calls", calls(100, 600, false)),
            llr_of("unanswered_calls", calls(100, kMinute, false)) / 4);
}

TEST(Behaviour, SilenceIsNoFindingUnderSamplingUnlessItIsCertain) {
  auto contact = calls(40, kMinute, false);
  contact.sampling_rate = 100;
  EXPECT_GT(llr_of("unanswered_calls", contact), 0);  // 160 samples up and none down, SYN only
  contact.tcp_flags_up = kTcpSyn | kTcpAck;           // somebody was acknowledged
  EXPECT_EQ(llr_of("unanswered_calls", contact), 0);
  auto datagrams = calls(40, kMinute, false);
  datagrams.server.protocol = kUdp;
  datagrams.tcp_flags_up = 0;
  EXPECT_EQ(llr_of("unanswered_calls", datagrams, {}, {.one_way = true}), 0);
}

TEST(Behaviour, SmallAlikeExchangesCountAndLargeOrUnlikeOnesDoNot) {
  EXPECT_DOUBLE_EQ(llr_of("small_regular_exchanges", calls(20, kMinute, true)), 1.5);
  EXPECT_EQ(llr_of("small_regular_exchanges", calls(20, kMinute, true, 200, 40'000)), 0);
  auto unlike = calls(20, kMinute, true);
  for (std::size_t index = 0; index < unlike.events.size(); ++index)
    unlike.events[index].bytes_down = 50 + 70 * index;
  EXPECT_EQ(llr_of("small_regular_exchanges", unlike), 0);
}

TEST(Behaviour, AConnectionMustBeBothLongAndQuiet) {
  auto contact = calls(1, kMinute, true);
  contact.longest = 120 * kMinute;
  contact.longest_bytes_up = contact.longest_bytes_down = 20'000;
  EXPECT_DOUBLE_EQ(llr_of("long_quiet_connection", contact), 2.0);
  contact.longest_bytes_down = 20'000'000;
  EXPECT_EQ(llr_of("long_quiet_connection", contact), 0);
  contact.longest = 10 * kMinute;
  contact.longest_bytes_down = 100;
  EXPECT_EQ(llr_of("long_quiet_connection", contact), 0);
}

TEST(Behaviour, ThePortOfAUsualServiceIsNoEvidence) {
  EXPECT_DOUBLE_EQ(llr_of("unregistered_port", calls(20, kMinute, true)), 1.25);
  EXPECT_EQ(llr_of("unregistered_port", calls(20, kMinute, true),
                   {.service = {ServiceWeight::kNone, "http"}}),
            0);
  EXPECT_DOUBLE_EQ(
      llr_of("favoured_port", calls(20, kMinute, true), {.service = {ServiceWeight::kNone, "irc"}}),
      1.5);
}

TEST(Behaviour, MovingMuchDataSpeaksAgainst) {
  EXPECT_LT(llr_of("bulk_transfer", calls(20, kMinute, true, 1000, 2 << 20)), 0);
}

}  // namespace
}  // namespace noroshi
