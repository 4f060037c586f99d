#include "collect/exporter_policy.h"

#include <gtest/gtest.h>

#include "collect/exporter_table.h"
#include "collect/rate_cap.h"

namespace noroshi {
namespace {

using std::chrono::milliseconds;

ExporterRule rule(std::string_view prefix, std::string name) {
  ExporterTreatment treatment;
  treatment.name = std::move(name);
  return {*Prefix::parse(prefix), treatment};
}

IpAddress address(std::string_view text) { return *IpAddress::parse(text); }

TEST(ExporterPolicy, TakesTheFirstRuleThatHoldsTheAddress) {
  const ExporterPolicy policy({.rules = {rule("192.0.2.7", "one"), rule("192.0.2.0/24", "block"),
                                         rule("192.0.2.8", "too late"), rule("::/0", "anyone")},
                               .strangers = {}});
  EXPECT_EQ(policy.of(address("192.0.2.7")).treatment->name, "one");
  EXPECT_EQ(policy.of(address("192.0.2.8")).treatment->name, "block");
  EXPECT_EQ(policy.of(address("198.51.100.1")).treatment->name, "anyone");
  EXPECT_EQ(policy.of(address("2001:db8::1")).treatment->name, "anyone");
}

TEST(ExporterPolicy, KnowsStrangersAndMayRefuseThem) {
  ExporterTreatment refused;
  refused.allowed = false;
  const ExporterPolicy list({.rules = {rule("192.0.2.7", "one")}, .strangers = refused});
  EXPECT_TRUE(list.of(address("192.0.2.8")).stranger);
  EXPECT_FALSE(list.of(address("192.0.2.8")).treatment->allowed);
  EXPECT_FALSE(list.of(address("192.0.2.7")).stranger);
  EXPECT_TRUE(list.of(address("192.0.2.7")).treatment->allowed);
}

TEST(RateCap, LetsThroughASecondsWorthAndThenTheRate) {
  RateCap cap(10);
  RateCap::Time now{std::chrono::hours(1)};
  int admitted = 0;
  for (int i = 0; i < 100; ++i) admitted += cap.admit(now) ? 1 : 0;
  EXPECT_EQ(admitted, 10);
  for (int i = 0; i < 1000; ++i) admitted += cap.admit(now += milliseconds(1)) ? 1 : 0;
  EXPECT_GE(admitted, 19);
  EXPECT_LE(admitted, 20);
  now += std::chrono::hours(1);
  admitted = 0;
  for (int i = 0; i < 100; ++i) admitted += cap.admit(now) ? 1 : 0;
  EXPECT_EQ(admitted, 10) << "silence is not saved up";
}

TEST(RateCap, OfZeroLetsEverythingThrough) {
  RateCap cap(0);
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(cap.admit({}));
}

TEST(ExporterTable, ForgetsTheLongestSilentAndKeepsItsCounters) {
  ExporterTable table(std::make_shared<const ExporterPolicy>(ExporterPolicy::Config{}), 2, 1);
  table.open(address("192.0.2.1"), {}).report.counters.datagrams = 5;
  table.open(address("192.0.2.2"), {}).report.counters.datagrams = 7;
  table.open(address("192.0.2.1"), {}).report.counters.octets = 100;
  table.open(address("192.0.2.3"), {}).report.counters.datagrams = 11;
  EXPECT_EQ(table.evicted(), 1u);
  EXPECT_EQ(table.totals().datagrams, 23u);
  const auto exporters = table.copy();
  ASSERT_EQ(exporters.size(), 2u);
  EXPECT_EQ(exporters[0].report.address, address("192.0.2.3"));
  EXPECT_EQ(exporters[1].report.address, address("192.0.2.1"));
}

TEST(ExporterTable, TreatsItsExportersByANewPolicyAtOnce) {
  const auto policy_of = [](std::vector<ExporterRule> rules) {
    return std::make_shared<const ExporterPolicy>(ExporterPolicy::Config{std::move(rules), {}});
  };
  ExporterTable table(policy_of({}), 2, 1);
  table.open(address("192.0.2.1"), {}).report.counters.datagrams = 5;
  auto named = rule("192.0.2.1", "one");
  named.treatment.datagrams_per_second = 1;
  table.adopt(policy_of({named}));
  auto& exporter = table.open(address("192.0.2.1"), {});
  EXPECT_EQ(exporter.report.name, "one");
  EXPECT_FALSE(exporter.report.stranger);
  EXPECT_EQ(exporter.report.counters.datagrams, 5u);
  EXPECT_TRUE(exporter.rate_cap.admit({}));
  EXPECT_FALSE(exporter.rate_cap.admit({}));
}

}  // namespace
}  // namespace noroshi
