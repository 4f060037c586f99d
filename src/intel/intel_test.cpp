#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "intel/delimited.h"
#include "intel/feed.h"
#include "intel/indicator_index.h"
#include "intel/source_record.h"

namespace noroshi {
namespace {

IpAddress address(std::string_view text) { return IpAddress::parse(text).value(); }

TEST(Delimited, ReadsQuotesBlanksAndWhatIsLeftOpen) {
  EXPECT_EQ(fields_of(R"("a, b", c ,"say ""hi""",)"),
            (std::vector<std::string>{"a, b", "c", R"(say "hi")", ""}));
  EXPECT_EQ(fields_of(R"("open, and never closed)"),
            (std::vector<std::string>{"open, and never closed"}));
  EXPECT_EQ(fields_of(""), (std::vector<std::string>{""}));
}

TEST(Feed, ReadsAddressesWithAndWithoutPortsAndPassesOverTheRest) {
  const auto reading = read_feed(
      "# a trail\n\n"
      "198.51.100.7:23\n198.51.100.7:23   # again\n203.0.113.9\n[2001:db8::1]:81\n2001:db8::2\n"
      "/bins/arm7\nloader.example.net\n192.168.1.1:80\n203.0.113.0/24\n127.0.0.1\n",
      FeedFormat::kAddresses, "mirai");
  ASSERT_TRUE(reading.has_value());
  ASSERT_EQ(reading->indicators.size(), 4u);
  EXPECT_EQ(reading->lines, 10u);
  EXPECT_EQ(reading->passed_over, 5u);
  EXPECT_EQ(reading->malformed, 0u);
  EXPECT_EQ(reading->indicators[0].server, address("198.51.100.7"));
  EXPECT_EQ(reading->indicators[0].port.value, 23);
  EXPECT_EQ(reading->indicators[0].family, "mirai");
  EXPECT_EQ(reading->indicators[1].port.value, 0);
  EXPECT_EQ(reading->indicators[2].port.value, 81);
}

TEST(Feed, ReadsTheColumnsOfFeodoTracker) {
  const auto reading = read_feed(
      "# Feodo Tracker\n"
      "\"first_seen_utc\",\"dst_ip\",\"dst_port\",\"c2_status\",\"last_online\",\"malware\"\r\n"
      "\"2022-06-04 21:24:53\",\"198.51.100.9\",\"8443\",\"offline\",\"2026-11-20\",\"Emotet\"\r\n"
      "\"2021-01-17 07:30:05\",\"203.0.113.76\",\"443\",\"online\",\"\",\"Dridex\"\r\n",
      FeedFormat::kFeodo);
  ASSERT_TRUE(reading.has_value());
  ASSERT_EQ(reading->indicators.size(), 2u);
  const auto& one = reading->indicators[0];
  EXPECT_EQ(one.server, address("198.51.100.9"));
  EXPECT_EQ(one.port.value, 8443);
  EXPECT_TRUE(one.offline);
  EXPECT_EQ(one.family, "emotet");
  EXPECT_EQ(one.first_seen, 1'654'377'893'000u);
  EXPECT_EQ(one.last_seen, 1'795'132'800'000u);
  EXPECT_FALSE(reading->indicators[1].offline);
  EXPECT_EQ(reading->indicators[1].last_seen, 0u);
}

TEST(Feed, TakesOnlyCommandServersFromThreatFox) {
  const auto reading = read_feed(
      R"("2026-11-01 10:00:00", "1", "198.51.100.3:48101", "ip:port", "botnet_cc", "elf.mirai", "None", "Mirai", "2026-11-02 10:00:00", "100", "False", "", "", "0", "x")"
      "\n"
      R"("2026-11-01 10:00:00", "2", "evil.example", "domain", "botnet_cc", "x", "", "X", "", "50", "", "", "", "0", "x")"
      "\n"
      R"("2026-11-01 10:00:00", "3", "198.51.100.4:80", "ip:port", "payload_delivery", "x", "", "X", "", "50", "", "", "", "0", "x")"
      "\n",
      FeedFormat::kThreatFox);
  ASSERT_TRUE(reading.has_value());
  ASSERT_EQ(reading->indicators.size(), 1u);
  EXPECT_EQ(reading->passed_over, 2u);
  EXPECT_EQ(reading->indicators[0].family, "mirai");
  EXPECT_EQ(reading->indicators[0].port.value, 48101);
}

TEST(Feed, ReadsBambeneksFamilyFromItsWords) {
  const auto reading = read_feed(
      "## Master Feed\n"
      "198.51.100.190,IP used by shiotob/urlzone/bebloh C&C,2016-11-12 18:02,http://example.net/\n",
      FeedFormat::kBambenek);
  ASSERT_TRUE(reading.has_value());
  ASSERT_EQ(reading->indicators.size(), 1u);
  EXPECT_EQ(reading->indicators[0].family, "shiotob/urlzone/bebloh");
}

TEST(Feed, RefusesAPageInPlaceOfTheList) {
  const auto reading =
      read_feed("<html>\n<body>\n<h1>503</h1>\n</body>\n</html>\n", FeedFormat::kFeodo);
  ASSERT_FALSE(reading.has_value());
  EXPECT_EQ(reading.error().code, ErrorCode::kMalformed);
}

TEST(Feed, KeepsTheWidestTimeOfRowsAboutTheSameServer) {
  const auto reading = read_feed(
      "\"2026-11-02 00:00:00\",\"198.51.100.9\",\"80\",\"offline\",\"2026-11-03\",\"A\"\n"
      "\"2026-11-01 00:00:00\",\"198.51.100.9\",\"80\",\"online\",\"2026-11-02\",\"B\"\n",
      FeedFormat::kFeodo);
  ASSERT_TRUE(reading.has_value());
  ASSERT_EQ(reading->indicators.size(), 1u);
  EXPECT_EQ(reading->indicators[0].first_seen, 1'793'491'200'000u);
  EXPECT_EQ(reading->indicators[0].last_seen, 1'793'664'000'000u);
  EXPECT_FALSE(reading->indicators[0].offline);
}

RC_GTEST_PROP(Feed, AccountsForEveryLineOfDamagedText, (std::string text)) {
  for (const auto format : {FeedFormat::kAddresses, FeedFormat::kFeodo, FeedFormat::kThreatFox,
                            FeedFormat::kBambenek}) {
    const auto reading = read_feed(text, format);
    if (!reading) continue;
    RC_ASSERT(reading->indicators.size() + reading->passed_over + reading->malformed <=
              reading->lines);
  }
}

TEST(FeedFormats, AreReadAsTheyAreNamed) {
  for (const auto* name : {"addresses", "feodo", "threatfox", "bambenek"})
    EXPECT_EQ(name_of(parse_feed_format(name).value()), name);
  EXPECT_FALSE(parse_feed_format("stix").has_value());
}

TEST(IndicatorIndex, PrefersTheSamePortAndNamesEachFeedOnce) {
  auto first = std::make_shared<KnownFeed>();
  first->name = "first";
  first->read = 5'000;
  first->indicators = {{.server = address("198.51.100.1"), .port = {80}, .last_seen = 9'000},
                       {.server = address("198.51.100.1"), .port = {23}, .last_seen = 1'000}};
  auto second = std::make_shared<KnownFeed>();
  second->name = "second";
  second->read = 7'000;
  second->indicators = {{.server = address("198.51.100.1")}};
  const IndicatorIndex index({first, second});
  const auto found = index.find({address("198.51.100.1"), Port{23}, kTcp});
  ASSERT_EQ(found.size(), 2u);
  EXPECT_TRUE(found[0].same_port);
  EXPECT_EQ(found[0].vouched(), 1'000u);
  EXPECT_TRUE(found[1].same_port);  // it names the address alone
  EXPECT_EQ(found[1].vouched(), 7'000u);
  const auto other = index.find({address("198.51.100.1"), Port{99}, kTcp});
  EXPECT_FALSE(other[0].same_port);
  EXPECT_EQ(other[0].vouched(), 9'000u);
  EXPECT_TRUE(index.find({address("198.51.100.2"), Port{23}, kTcp}).empty());
}

TEST(SourceRecord, IsABetaPosteriorThatStartsInTheMiddle) {
  EXPECT_DOUBLE_EQ(SourceRecord{}.precision(), 0.5);
  EXPECT_DOUBLE_EQ((SourceRecord{.confirmed = 8, .refuted = 0}.precision()), 0.9);
  // Beta(1, 1) is uniform, and of Beta(n + 1, 1) the quantile is p to the power 1 / (n + 1).
  EXPECT_NEAR(SourceRecord{}.precision_quantile(0.05), 0.05, 1e-9);
  EXPECT_NEAR((SourceRecord{.confirmed = 1}.precision_quantile(0.25)), 0.5, 1e-9);
}

TEST(SourceRecord, FadesByItsHalfLife) {
  EXPECT_DOUBLE_EQ(decayed(0.8, 0, kHalfLifeIot), 0.8);
  EXPECT_NEAR(decayed(0.8, std::uint64_t{14} * 86'400'000, kHalfLifeIot), 0.4, 1e-12);
  EXPECT_NEAR(decayed(0.8, std::uint64_t{120} * 86'400'000, kHalfLifeRented), 0.2, 1e-12);
}

}  // namespace
}  // namespace noroshi
