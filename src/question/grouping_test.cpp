#include "question/grouping.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <string>

#include "question/flows_for_test.h"

namespace noroshi {
namespace {

Selection everything(const FlowBatch& batch, const TimeWindow& window = {}) {
  Selection selection;
  selection.select(batch, std::vector<std::uint8_t>(batch.size(), 1), window);
  return selection;
}

GroupQuestion by(std::string_view keys, Order order = Order::kFlows, std::uint64_t limit = 0) {
  GroupQuestion question;
  question.keys = parse_keys(keys).value();
  question.order = order;
  question.limit = limit;
  return question;
}

Answer ask(const GroupQuestion& question, const FlowBatch& batch, GroupingLimits limits = {}) {
  Grouping grouping(question, limits);
  grouping.add(everything(batch, question.window));
  return grouping.answer();
}

/// "192.0.2.1 443": flows, packets, bytes.
std::map<std::string, std::vector<std::uint64_t>> sums(const GroupQuestion& question,
                                                       const Answer& answer) {
  std::map<std::string, std::vector<std::uint64_t>> sums;
  for (const auto& row : answer.rows) {
    std::string text;
    for (std::size_t i = 0; i < row.key.size(); ++i) {
      if (i > 0) text += ' ';
      text += to_string(question.keys[i], row.key[i]);
    }
    sums[text] = {row.tally.flows, row.tally.packets, row.tally.bytes};
  }
  return sums;
}

using Sums = std::map<std::string, std::vector<std::uint64_t>>;

TEST(Grouping, AddsUpByAddress) {
  const auto question = by("srcip");
  const auto answer = ask(question, batch_of({{.source = "192.0.2.1", .packets = 1, .bytes = 10},
                                              {.source = "2001:db8::1", .packets = 2, .bytes = 20},
                                              {.source = "192.0.2.1", .packets = 4, .bytes = 40}}));
  EXPECT_EQ(sums(question, answer), (Sums{{"192.0.2.1", {2, 5, 50}}, {"2001:db8::1", {1, 2, 20}}}));
  EXPECT_EQ(answer.groups, 2u);
  EXPECT_EQ(answer.total.flows, 3u);
  EXPECT_EQ(answer.total.bytes, 70u);
}

TEST(Grouping, RanksByTheOrderAskedForAndThenByKey) {
  const auto batch = batch_of({{.destination_port = 9, .packets = 5, .bytes = 50},
                               {.destination_port = 7, .packets = 1, .bytes = 900},
                               {.destination_port = 8, .packets = 5, .bytes = 500}});
  const auto ports = [&](Order order) {
    std::vector<std::uint64_t> ranked;
    for (const auto& row : ask(by("dstport", order), batch).rows)
      ranked.push_back(std::get<std::uint64_t>(row.key[0]));
    return ranked;
  };
  EXPECT_EQ(ports(Order::kFlows), (std::vector<std::uint64_t>{7, 8, 9}));
  EXPECT_EQ(ports(Order::kPackets), (std::vector<std::uint64_t>{8, 9, 7}));
  EXPECT_EQ(ports(Order::kBytes), (std::vector<std::uint64_t>{7, 8, 9}));
  EXPECT_EQ(ports(Order::kBytesPerPacket), (std::vector<std::uint64_t>{7, 8, 9}));
}

TEST(Grouping, ALimitHidesRowsButNotTheirCount) {
  const auto answer = ask(by("dstport", Order::kFlows, 1),
                          batch_of({{.destination_port = 1}, {.destination_port = 2}}));
  EXPECT_EQ(answer.rows.size(), 1u);
  EXPECT_EQ(answer.groups, 2u);
  EXPECT_EQ(answer.total.flows, 2u);
}

TEST(Grouping, AnEitherSideElementCountsARowOnceForEachSide) {
  const auto question = by("port");
  const auto answer = ask(question, batch_of({{.source_port = 1000, .destination_port = 53},
                                              {.source_port = 123, .destination_port = 123}}));
  EXPECT_EQ(sums(question, answer),
            (Sums{{"1000", {1, 1, 100}}, {"53", {1, 1, 100}}, {"123", {2, 2, 200}}}));
  EXPECT_EQ(answer.total.flows, 2u);
}

TEST(Grouping, KeepsOnlyTheNetworkOfAnAddress) {
  const auto batch = batch_of({{.source = "192.0.2.1"},
                               {.source = "192.0.2.200"},
                               {.source = "2001:db8:0:1::1"},
                               {.source = "2001:db8:0:1::2"},
                               {.source = "2001:db8:0:2::2"}});
  const auto groups = [&](std::string_view keys) {
    const auto question = by(keys);
    return sums(question, ask(question, batch));
  };
  EXPECT_EQ(groups("srcip4/24"), (Sums{{"192.0.2.0", {2, 2, 200}}, {"::", {3, 3, 300}}}));
  EXPECT_EQ(groups("srcip6/64"), (Sums{{"0.0.0.0", {2, 2, 200}},
                                       {"2001:db8:0:1::", {2, 2, 200}},
                                       {"2001:db8:0:2::", {1, 1, 100}}}));
  EXPECT_EQ(groups("srcip/25/48"), (Sums{{"192.0.2.0", {1, 1, 100}},
                                         {"192.0.2.128", {1, 1, 100}},
                                         {"2001:db8::", {3, 3, 300}}}));
}

TEST(Grouping, CountsBothDirectionsAndNoEvents) {
  const auto answer = ask(by("proto"), batch_of({{.packets = 3,
                                                  .bytes = 30,
                                                  .kind = FlowKind::kBidirectional,
                                                  .reverse_packets = 4,
                                                  .reverse_bytes = 40},
                                                 {.kind = FlowKind::kEvent}}));
  ASSERT_EQ(answer.rows.size(), 1u);
  EXPECT_EQ(answer.rows[0].tally.flows, 1u);
  EXPECT_EQ(answer.rows[0].tally.packets, 7u);
  EXPECT_EQ(answer.rows[0].tally.bytes, 70u);
}

TEST(Grouping, AWindowHoldsTheRowsThatEndInIt) {
  auto question = by("proto");
  question.window = {.from = 100, .to = 200};
  const auto answer =
      ask(question, batch_of({{.last = 99}, {.last = 100}, {.last = 199}, {.last = 200}}));
  EXPECT_EQ(answer.total.flows, 2u);
  EXPECT_EQ(answer.total.last, 199u);
}

TEST(Grouping, WithoutKeysIsTheTotalAlone) {
  Grouping grouping(GroupQuestion{}, {});
  grouping.add(everything(batch_of({{.bytes = 5}, {.bytes = 6}})));
  const auto answer = grouping.answer();
  ASSERT_EQ(answer.rows.size(), 1u);
  EXPECT_TRUE(answer.rows[0].key.empty());
  EXPECT_EQ(answer.rows[0].tally.bytes, 11u);
  EXPECT_EQ(answer.groups, 1u);
}

TEST(Grouping, AFlowWithoutABeginningDoesNotMoveTheFirst) {
  const auto answer = ask(by("proto"), batch_of({{.first = 500, .last = 900},
                                                 {.first = 0, .last = 1000},
                                                 {.first = 400, .last = 600}}));
  EXPECT_EQ(answer.rows[0].tally.first, 400u);
  EXPECT_EQ(answer.rows[0].tally.last, 1000u);
  EXPECT_EQ(answer.total.first, 400u);
}

TEST(Grouping, CountsTheFlowsThatWouldHaveBeenAGroupTooMany) {
  const auto batch = batch_of({{.source = "192.0.2.1"},
                               {.source = "192.0.2.2"},
                               {.source = "192.0.2.3"},
                               {.source = "192.0.2.3"},
                               {.source = "192.0.2.1"}});
  const auto answer = ask(by("srcip"), batch, {.most_groups = 2});
  EXPECT_EQ(answer.groups, 2u);
  EXPECT_EQ(answer.flows_not_grouped, 2u);
  EXPECT_EQ(answer.total.flows, 5u);
  EXPECT_EQ(answer.rows[0].tally.flows, 2u);
}

TEST(Grouping, EstimatesFromEachRowsOwnRateAndLeavesUnknownOut) {
  const auto answer =
      ask(by("proto"), batch_of({{.packets = 10, .bytes = 1000, .sampling_rate = 100},
                                 {.packets = 3, .bytes = 300, .sampling_rate = 1},
                                 {.packets = 7, .bytes = 700, .sampling_rate = 0}}));
  ASSERT_EQ(answer.rows.size(), 1u);
  for (const auto& tally : {answer.rows[0].tally, answer.total}) {
    EXPECT_EQ(tally.packets, 20u);
    EXPECT_EQ(tally.sampled_flows, 1u);
    EXPECT_EQ(tally.flows_of_unknown_sampling, 1u);
    EXPECT_DOUBLE_EQ(tally.estimated_packets, 1003);
    EXPECT_DOUBLE_EQ(tally.estimated_bytes, 100'300);
    EXPECT_DOUBLE_EQ(tally.packets_variance, 10.0 * 100 * 99);
    EXPECT_DOUBLE_EQ(tally.bytes_variance, 1000.0 * 1000 / 10 * 100 * 99);
  }
}

TEST(Grouping, EstimatesTheSameWhenRatesMeetOnlyInALaterBatch) {
  for (const std::uint32_t early : {0u, 1u}) {
    const std::vector<TestFlow> before{{.packets = 3, .bytes = 30, .sampling_rate = early},
                                       {.packets = 4, .bytes = 40, .sampling_rate = early}};
    const std::vector<TestFlow> after{{.packets = 5, .bytes = 50, .sampling_rate = 10}};
    Grouping grouping(by("srcip"), {});
    const auto first = batch_of(before);
    const auto second = batch_of(after);
    grouping.add(everything(first));
    grouping.add(everything(second));
    const auto tally = grouping.answer().rows[0].tally;
    EXPECT_DOUBLE_EQ(tally.estimated_packets, early == 1 ? 57 : 50);
    EXPECT_DOUBLE_EQ(tally.estimated_bytes, early == 1 ? 570 : 500);
    EXPECT_EQ(tally.flows_of_unknown_sampling, early == 1 ? 0u : 2u);
  }
}

/// The table against the plainest way to do the same, over keys of each width and many batches.
RC_GTEST_PROP(Grouping, AgreesWithAMapWhateverTheKeys, ()) {
  static const std::vector<std::string> kKeys{
      "srcip",         "dstport", "srcas",    "srcip,dstport", "proto,srcip,dstip,srcport,dstport",
      "dstport,srcip", "proto",   "srcip4/28"};
  const auto question = by(*rc::gen::elementOf(kKeys));
  const auto count = *rc::gen::inRange<std::size_t>(0, 3000);
  const auto variety = *rc::gen::inRange<std::uint32_t>(1, 2000);
  auto state = *rc::gen::arbitrary<std::uint32_t>();
  const auto next = [&] { return (state = state * 1'664'525u + 1'013'904'223u) >> 8; };

  Grouping grouping(question, {.hash_seed = state});
  Sums expected;
  for (int part = 0; part < 3; ++part) {
    FlowBatch batch(count + 1);
    batch.append(count);
    for (std::size_t row = 0; row < count; ++row) {
      batch.mutable_source_address()[row] = IpAddress::from_v4(0x0a000000 + next() % variety);
      batch.mutable_destination_port()[row] = static_cast<std::uint16_t>(next() % variety);
      batch.mutable_source_as()[row] = next() % variety;
      batch.mutable_protocol()[row] = static_cast<std::uint8_t>(next() % 3);
      batch.mutable_packets()[row] = next() % 100;
      batch.mutable_bytes()[row] = next() % 10'000;
    }
    grouping.add(everything(batch));
    for (std::size_t row = 0; row < count; ++row) {
      std::string text;
      for (const auto& key : question.keys) {
        if (!text.empty()) text += ' ';
        switch (key.element) {
          case Element::kSourceAddress: {
            const auto kept = ~std::uint64_t{0} << (32 - key.v4_bits);
            text += IpAddress::from_v4(
                        static_cast<std::uint32_t>(batch.source_address()[row].v4() & kept))
                        .to_string();
            break;
          }
          case Element::kDestinationAddress:
            text += "::";
            break;
          case Element::kDestinationPort:
            text += std::to_string(batch.destination_port()[row]);
            break;
          case Element::kSourceAs:
            text += std::to_string(batch.source_as()[row]);
            break;
          default:
            text += to_string(key, key.element == Element::kProtocol
                                       ? std::uint64_t{batch.protocol()[row]}
                                       : std::uint64_t{0});
        }
      }
      auto& sums = expected.try_emplace(text, std::vector<std::uint64_t>(3)).first->second;
      sums[0] += 1;
      sums[1] += batch.packets()[row];
      sums[2] += batch.bytes()[row];
    }
  }
  const auto answer = grouping.answer();
  RC_ASSERT(sums(question, answer) == expected);
  RC_ASSERT(answer.groups == expected.size());
  for (std::size_t i = 1; i < answer.rows.size(); ++i) {
    const auto& above = answer.rows[i - 1];
    const auto& below = answer.rows[i];
    RC_ASSERT(above.tally.flows > below.tally.flows ||
              (above.tally.flows == below.tally.flows && above.key < below.key));
  }
}

SeriesQuestion every(std::uint64_t step) {
  SeriesQuestion question;
  question.step = step;
  return question;
}

Answer ask(const SeriesQuestion& question, const FlowBatch& batch, GroupingLimits limits = {}) {
  Series series(question, limits);
  series.add(everything(batch, question.window));
  return series.answer();
}

TEST(Series, PutsAFlowIntoTheStepInWhichItEnded) {
  const auto answer = ask(every(100), batch_of({{.bytes = 1, .first = 50, .last = 250},
                                                {.bytes = 2, .first = 10, .last = 99},
                                                {.bytes = 4, .first = 200, .last = 299}}));
  ASSERT_EQ(answer.rows.size(), 2u);
  EXPECT_EQ(answer.rows[0].key, (std::vector<KeyValue>{std::uint64_t{0}}));
  EXPECT_EQ(answer.rows[0].tally.bytes, 2u);
  EXPECT_EQ(answer.rows[1].key, (std::vector<KeyValue>{std::uint64_t{200}}));
  EXPECT_EQ(answer.rows[1].tally.bytes, 5u);
  EXPECT_EQ(answer.total.bytes, 7u);
}

TEST(Series, SplitsByTheLargestValuesAndCallsTheRestOther) {
  auto question = every(100);
  question.split = parse_key("dstport").value();
  question.limit = 1;
  const auto answer = ask(question, batch_of({{.destination_port = 53, .bytes = 1, .last = 10},
                                              {.destination_port = 80, .bytes = 5, .last = 20},
                                              {.destination_port = 23, .bytes = 3, .last = 30},
                                              {.destination_port = 80, .bytes = 1, .last = 110}}));
  const auto zero = KeyValue(std::uint64_t{0});
  ASSERT_EQ(answer.rows.size(), 3u);
  EXPECT_EQ(answer.rows[0].key, (std::vector<KeyValue>{zero, std::uint64_t{80}}));
  EXPECT_EQ(answer.rows[0].tally.bytes, 5u);
  EXPECT_EQ(answer.rows[1].key, (std::vector<KeyValue>{zero}));
  EXPECT_EQ(answer.rows[1].tally.bytes, 4u);
  EXPECT_EQ(answer.rows[2].key, (std::vector<KeyValue>{std::uint64_t{100}, std::uint64_t{80}}));
  EXPECT_EQ(answer.groups, 4u);
}

TEST(Series, GroupsBeyondTheLimitAreOtherAndCounted) {
  auto question = every(100);
  question.split = parse_key("dstport").value();
  const auto answer = ask(question,
                          batch_of({{.destination_port = 53, .bytes = 1, .last = 10},
                                    {.destination_port = 80, .bytes = 5, .last = 20},
                                    {.destination_port = 23, .bytes = 3, .last = 130}}),
                          {.most_groups = 1});
  ASSERT_EQ(answer.rows.size(), 2u);
  EXPECT_EQ(answer.flows_not_grouped, 2u);
  EXPECT_EQ(answer.rows[0].key.size(), 2u);
  EXPECT_EQ(answer.rows[1].key, (std::vector<KeyValue>{std::uint64_t{0}}));
  EXPECT_EQ(answer.rows[1].tally.bytes, 5u);
  EXPECT_EQ(answer.total.bytes, 9u);
}

}  // namespace
}  // namespace noroshi
