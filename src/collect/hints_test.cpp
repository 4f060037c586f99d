#include "collect/hints.h"

#include <gtest/gtest.h>

namespace noroshi {
namespace {

constexpr Timestamp kNow = from_unix_milliseconds(1'700'000'000'000);

std::vector<std::string_view> codes(const std::vector<Hint>& hints) {
  std::vector<std::string_view> codes;
  for (const auto& hint : hints) {
    EXPECT_FALSE(hint.english.empty());
    EXPECT_FALSE(hint.japanese.empty());
    codes.push_back(hint.code);
  }
  return codes;
}

using Codes = std::vector<std::string_view>;

ExporterReport healthy() {
  ExporterReport exporter;
  exporter.address = IpAddress::from_v4(0xc0000201);
  exporter.first_seen = exporter.last_seen = kNow;
  exporter.counters.datagrams = 10'000;
  exporter.counters.decode.records = 200'000;
  exporter.clock_skew.observe(-900);
  return exporter;
}

TEST(Hints, AHealthyExporterNeedsNone) { EXPECT_EQ(codes(hints(healthy(), kNow)), Codes{}); }

TEST(Hints, AnUnknownExporterThatIsRefusedIsTold) {
  auto exporter = healthy();
  exporter.stranger = true;
  EXPECT_EQ(codes(hints(exporter, kNow)), Codes{});
  exporter.allowed = false;
  EXPECT_EQ(codes(hints(exporter, kNow)), Codes{"exporter_unknown"});
  EXPECT_NE(hints(exporter, kNow)[0].english.find("192.0.2.1"), std::string::npos);
  exporter.stranger = false;
  EXPECT_EQ(codes(hints(exporter, kNow)), Codes{}) << "a rule says so, so it is meant";
}

TEST(Hints, MissingTemplatesAreToldForTenMinutes) {
  auto exporter = healthy();
  exporter.last_unknown_template = kNow - std::chrono::minutes(9);
  EXPECT_EQ(codes(hints(exporter, kNow)), Codes{"template_missing"});
  exporter.last_unknown_template = kNow - std::chrono::minutes(10);
  EXPECT_EQ(codes(hints(exporter, kNow)), Codes{});
}

TEST(Hints, LossIsToldWhenItIsMoreThanOneInAThousand) {
  auto exporter = healthy();
  exporter.last_loss = kNow;
  exporter.counters.decode.lost_records = 150;
  EXPECT_EQ(codes(hints(exporter, kNow)), Codes{});
  exporter.counters.decode.lost_records = 300;
  EXPECT_EQ(codes(hints(exporter, kNow)), Codes{"loss"});
  exporter.counters.decode.lost_records = 0;
  exporter.counters.decode.lost_datagrams = 100;
  EXPECT_EQ(codes(hints(exporter, kNow)), Codes{"loss"});
}

TEST(Hints, AClockIsToldBothWays) {
  auto exporter = healthy();
  exporter.clock_skew = {};
  exporter.clock_skew.observe(90'000);
  EXPECT_EQ(codes(hints(exporter, kNow)), Codes{"clock_skew"});
  EXPECT_NE(hints(exporter, kNow)[0].english.find("90 s ahead"), std::string::npos);
  exporter.clock_skew = {};
  exporter.clock_skew.observe(-90'000);
  EXPECT_NE(hints(exporter, kNow)[0].english.find("90 s behind"), std::string::npos);
}

TEST(Hints, EveryOtherProblemHasItsOwn) {
  auto exporter = healthy();
  exporter.counters.over_rate = 5;
  exporter.datagrams_by_kind[0] = 3;
  exporter.counters.decode.sequence_resets = 1'000;
  exporter.counters.unknown_sampling_flows = 7;
  exporter.templates = 4;
  exporter.provisional_templates = 2;
  exporter.last_seen = kNow - std::chrono::minutes(11);
  EXPECT_EQ(codes(hints(exporter, kNow)),
            (Codes{"over_rate", "not_an_export", "sessions_mixed", "sampling_unknown",
                   "templates_provisional", "silent"}));
}

TEST(Hints, ASocketTellsOfDropsAndOfItsBuffer) {
  SocketReport socket{.listener = "udp://[::]:2055",
                      .worker = 0,
                      .datagrams = 1,
                      .kernel_drops = 0,
                      .receive_buffer_asked = 1024,
                      .receive_buffer = 1024};
  EXPECT_EQ(codes(hints(socket)), Codes{});
  socket.kernel_drops = 1;
  EXPECT_EQ(codes(hints(socket)), Codes{"kernel_drops"});
  EXPECT_NE(hints(socket)[0].english.find("receive_buffer_mib"), std::string::npos);
  socket.receive_buffer = 512;
  EXPECT_EQ(codes(hints(socket)), (Codes{"kernel_drops", "receive_buffer_capped"}));
  EXPECT_NE(hints(socket)[0].english.find("net.core.rmem_max"), std::string::npos);
}

TEST(ClockSkew, IsSmoothedOverSomeDatagrams) {
  ClockSkew skew;
  skew.observe(1000);
  EXPECT_EQ(skew.smoothed, 1000);
  for (int i = 0; i < 100; ++i) skew.observe(-500);
  EXPECT_EQ(skew.last, -500);
  EXPECT_NEAR(skew.smoothed, -500, 5);
}

}  // namespace
}  // namespace noroshi
