#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "base/folder_for_test.h"
#include "learn/contact_hours.h"
#include "learn/example_file.h"
#include "learn/make_examples.h"

namespace noroshi {
namespace {

constexpr std::uint64_t kHour = 3'600'000;
constexpr std::uint64_t kNine = 1'793'577'600'000;  // a whole hour

/// A call of `bytes` each way every `gap` ms from kNine on.
Contact calls(std::uint64_t gap, std::size_t count, std::uint64_t bytes = 120) {
  Contact contact;
  contact.first = kNine;
  for (std::size_t index = 0; index < count; ++index)
    contact.events.push_back({.time = kNine + index * gap, .bytes_up = bytes, .answered = true});
  contact.last = contact.events.back().time;
  contact.connections = contact.answered = count;
  contact.server.protocol = kTcp;
  return contact;
}

TEST(Baselines, RitaScoresAClockHigherThanAPerson) {
  const auto clock = calls(60'000, 1'440);
  EXPECT_GT(rita_beacon_score(clock, kNine, 24 * kHour), 0.95);
  auto person = calls(60'000, 60);
  std::uint64_t time = kNine;
  for (std::size_t index = 0; index < person.events.size(); ++index) {
    time += 1'000 * (1 + index * index % 997);
    person.events[index].time = time;
    person.events[index].bytes_up = 100 + index * index * 37 % 5'000;
  }
  EXPECT_LT(rita_beacon_score(person, kNine, 24 * kHour), 0.6);
  EXPECT_EQ(rita_beacon_score(calls(60'000, 3), kNine, 24 * kHour), 0);
}

TEST(Baselines, RitaLowersWhatManyHostsCall) {
  const auto clock = calls(60'000, 1'440);
  const Contact* const one[] = {&clock};
  const double rare = rita_score(one, 1'000, kNine, 24 * kHour);
  EXPECT_DOUBLE_EQ(rare - rita_score(one, 2, kNine, 24 * kHour), 0.3);
}

TEST(Baselines, SlipsAsksForManyLetters) {
  const auto many = calls(60'000, 200), few = calls(60'000, 12);
  const Contact* const a[] = {&many};
  const Contact* const b[] = {&few};
  EXPECT_NEAR(slips_score(a), 0.8, 1e-9);
  EXPECT_LT(slips_score(b), 0.1);
}

TEST(Truth, ReadsBothForms) {
  const auto lines = parse_truth(
      R"({"record":"scenario","name":"n","seed":4,"start":"2026-11-02T00:00:00.000Z","end":"2026-11-03T00:00:00.000Z","local_prefixes":["100.64.0.0/10"],"views":[{"name":"r10","sampling":10}]}
{"record":"endpoint","address":"198.18.0.1","port":23,"protocol":"tcp","role":"command","family":"x","lines":7,"packets":90,"first":"2026-11-02T01:00:00.000Z","last":"2026-11-02T08:09:00.500Z"}
{"record":"end"}
)",
      "truth.jsonl");
  ASSERT_TRUE(lines.has_value()) << lines.error().message;
  const Endpoint server{IpAddress::parse("198.18.0.1").value(), Port{23}, kTcp};
  const auto& known = lines->servers.at(server);
  EXPECT_EQ(known.role, ServerRole::kCommand);
  EXPECT_EQ(known.lines, 7u);
  EXPECT_EQ(known.last - known.first, 7 * kHour + 9 * 60'000 + 500);
  EXPECT_EQ(lines->views.front().sampling, 10u);

  const auto document = parse_truth(
      R"({"scenario":{"seed":4,"routers":[{"sampling":100}]},"local_prefixes":[],
          "command_and_control":[{"address":"198.18.0.1","port":23,"protocol":"tcp","family":"x","clients":["a","b"]}]})",
      "x.truth.json");
  ASSERT_TRUE(document.has_value()) << document.error().message;
  EXPECT_EQ(document->servers.at(server).lines, 2u);
}

TEST(Truth, RefusesOneThatIsNotWhole) {
  EXPECT_EQ(parse_truth("{\"record\":\"scenario\"}\n", "t").error().code, ErrorCode::kTruncated);
  EXPECT_EQ(parse_truth("no truth\n", "t").error().code, ErrorCode::kMalformed);
}

constexpr const char* kScenario = R"(
name = "tiny"
seed = 3
start = "2026-11-02T20:00:00+09:00"
duration = "1h"
[population]
lines = 60
[[botnet]]
kind = "mirai"
lines = 4
scan_rate = 1
attacks = 0
[[botnet]]
kind = "torii"
lines = 1
[[view]]
sampling = 1
[[view]]
sampling = 10000
)";

class Examples : public testing::Test {
 protected:
  Examples() { std::ofstream(folder_.path() / "tiny.toml") << kScenario; }
  Result<std::vector<DayOfNetwork>> days(std::uint64_t seed = 0) {
    ExampleOptions options;
    options.room = folder_.path();
    return days_of({(folder_.path() / "tiny.toml").string(), true, seed}, options, {});
  }
  for_test::Folder folder_;
};

std::uint64_t commands(const DayOfNetwork& day, bool seen) {
  return static_cast<std::uint64_t>(std::ranges::count_if(
      day.servers, [&](const auto& one) { return one.positive() && one.seen == seen; }));
}

TEST_F(Examples, HoldEveryServerWithItsTruthAndWhatCannotBeSeen) {
  const auto made = days();
  ASSERT_TRUE(made.has_value()) << made.error().message;
  ASSERT_EQ(made->size(), 2u);
  const auto& all = made->front();
  const auto& hidden = made->back();
  EXPECT_EQ(all.sampling, 1u);
  EXPECT_EQ(commands(all, true), 2u);
  EXPECT_EQ(commands(all, false), 0u);
  EXPECT_EQ(commands(hidden, true) + commands(hidden, false), 2u);
  EXPECT_GT(commands(hidden, false), 0u);
  for (const auto& one : all.servers) {
    if (!one.positive()) continue;
    EXPECT_EQ(one.bots, all.family_of(one) == "mirai" ? 4u : 1u);
    EXPECT_GT(one.expected_packets, 0);
    EXPECT_FALSE(std::isnan(one.features[0]));
  }
  EXPECT_GT(std::ranges::count_if(all.servers, [](const auto& one) { return one.negative(); }), 30);
  EXPECT_TRUE(std::filesystem::exists(folder_.path() / "tiny.toml"));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_.path()), {}), 1)
      << "contacts that were put aside leave no file";
}

TEST_F(Examples, AreTheSameOctetsForTheSameSeedAndOthersForAnother) {
  const auto one = example_file_day(days()->front());
  EXPECT_EQ(one, example_file_day(days()->front()));
  EXPECT_NE(one, example_file_day(days(4)->front()));
}

TEST_F(Examples, AreReadBackAsTheyWereWritten) {
  const auto made = days().value();
  const auto path = (folder_.path() / "examples.bin").string();
  std::ofstream(path) << example_file_head() << example_file_day(made[0])
                      << example_file_day(made[1]) << example_file_end(2);
  std::vector<DayOfNetwork> read;
  const auto keep = [&](DayOfNetwork&& day) -> Status {
    read.push_back(std::move(day));
    return {};
  };
  const auto whole = read_example_file(path, keep);
  ASSERT_TRUE(whole.has_value()) << whole.error().message;
  ASSERT_EQ(read.size(), 2u);
  EXPECT_EQ(example_file_day(read[0]), example_file_day(made[0]));
  EXPECT_EQ(example_file_day(read[1]), example_file_day(made[1]));

  std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
  EXPECT_EQ(read_example_file(path, keep).error().code, ErrorCode::kTruncated);
  std::ofstream(path) << "{\"noroshi_examples\":0}\n";
  EXPECT_EQ(read_example_file(path, keep).error().code, ErrorCode::kUnsupported);
}

TEST_F(Examples, AreInTheOrderOfTheirSourcesWithAnyNumberOfThreads) {
  const auto sources = find_sources(folder_.path().string(), "", {3, 4, 5}).value();
  ASSERT_EQ(sources.size(), 3u);
  std::string texts[2];
  for (const unsigned threads : {1U, 3U}) {
    ExampleOptions options;
    options.room = folder_.path();
    options.threads = threads;
    const auto done = make_examples(sources, options, [&](DayOfNetwork&& day) -> Status {
      texts[threads / 2] += example_file_day(day);
      return {};
    });
    ASSERT_TRUE(done.has_value()) << done.error().message;
  }
  EXPECT_EQ(texts[0], texts[1]);
}

}  // namespace
}  // namespace noroshi
