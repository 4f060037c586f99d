#include "judge/classifier/server_features.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>
#include <vector>

namespace noroshi {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

Contact keep_alive(std::uint32_t client) {
  Contact contact;
  contact.client = IpAddress::from_v4(client);
  contact.server = {IpAddress::from_v4(0xcb007107), Port{48101}, kTcp};
  for (std::uint64_t call = 0; call < 10; ++call)
    contact.events.push_back({.time = call * 60'000,
                              .packets_up = 2,
                              .bytes_up = 100,
                              .packets_down = 2,
                              .bytes_down = 100,
                              .answered = true});
  contact.connections = contact.answered = 10;
  contact.packets_up = contact.packets_down = 20;
  contact.bytes_up = contact.bytes_down = 1000;
  contact.last = 9 * 60'000;
  contact.sampling_rate = 1;
  contact.active_hours = {{0, 0x3ff}};
  return contact;
}

float at(const ServerFeatures& features, ServerFeature feature) {
  return features[static_cast<std::size_t>(feature)];
}

ServerFeatures features_of(const std::vector<Contact>& contacts,
                           const ServerSurroundings& surroundings, const View& view = {}) {
  std::vector<const Contact*> pointers;
  for (const auto& contact : contacts) pointers.push_back(&contact);
  return server_features(pointers, surroundings, view);
}

TEST(ServerFeatures, AreDescribedEachOnceInTheirOrder) {
  std::set<std::string_view> names;
  std::size_t place = 0;
  for (const auto& text : server_feature_texts()) {
    EXPECT_EQ(static_cast<std::size_t>(text.feature), place++);
    EXPECT_TRUE(names.insert(text.name).second) << text.name;
    EXPECT_FALSE(text.reason.empty()) << text.name;
    EXPECT_FALSE(text.leak.empty()) << text.name;
    EXPECT_LE(std::abs(text.monotone), 1);
  }
}

TEST(ServerFeatures, SayWhatKeepAlivesAreLike) {
  const auto features = features_of({keep_alive(1), keep_alive(2)},
                                    {.hosts = 100, .attacking_hosts = 2, .attackers = 2});
  EXPECT_FLOAT_EQ(at(features, ServerFeature::kPrevalence), 0.02F);
  EXPECT_FLOAT_EQ(at(features, ServerFeature::kBytesPerPacketUp), 50);
  EXPECT_FLOAT_EQ(at(features, ServerFeature::kUpShare), 0.5F);
  EXPECT_FLOAT_EQ(at(features, ServerFeature::kSizeLikeness), 1);
  EXPECT_FLOAT_EQ(at(features, ServerFeature::kAnswered), 1);
  EXPECT_FLOAT_EQ(at(features, ServerFeature::kMinutesActive), 10);
  EXPECT_GT(at(features, ServerFeature::kAttackersLift), 1);
  // Both in every minute of the ten: as much together as can be, less what chance would bring.
  EXPECT_NEAR(at(features, ServerFeature::kSimultaneous), 1 - (1 - std::exp(-2.0)), 1e-6);
}

TEST(ServerFeatures, TellWhatCannotBeJudgedFromZero) {
  const auto features = features_of(
      {keep_alive(1)},
      {.hosts = 100, .sighted_lift = kNan, .listed = kNan, .timing = kNan, .common_line = kNan},
      {.one_way = true});
  for (const auto feature :
       {ServerFeature::kSightedLift, ServerFeature::kListed, ServerFeature::kTiming,
        ServerFeature::kCommonLine, ServerFeature::kAnswered, ServerFeature::kUpShare,
        ServerFeature::kQuietRate, ServerFeature::kSimultaneous})
    EXPECT_TRUE(std::isnan(at(features, feature))) << static_cast<int>(feature);
}

TEST(ServerFeatures, DoNotChangeWithAddressesNumbersOfPortsOrTheDay) {
  std::vector<Contact> moved{keep_alive(1), keep_alive(2)};
  const ServerSurroundings surroundings{.hosts = 100, .attacking_hosts = 3, .attackers = 1};
  const auto before = features_of(moved, surroundings);
  constexpr std::uint64_t kDays = 5 * 24;
  for (auto& contact : moved) {
    contact.client = IpAddress::from_v4(0x0a000000);
    contact.server.address = IpAddress::from_v4(0x01020304);
    contact.server.port = {5555};
    contact.first += kDays * 3'600'000;
    contact.last += kDays * 3'600'000;
    for (auto& event : contact.events) event.time += kDays * 3'600'000;
    for (auto& hour : contact.active_hours) hour.hour += kDays;
  }
  const auto after = features_of(moved, surroundings);
  for (std::size_t index = 0; index < before.size(); ++index)
    EXPECT_TRUE(before[index] == after[index] ||
                (std::isnan(before[index]) && std::isnan(after[index])))
        << index;
}

}  // namespace
}  // namespace noroshi
