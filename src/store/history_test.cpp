#include "store/history.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <numeric>
#include <random>

#include "question/grouping.h"
#include "store/embedded/engine_for_test.h"
#include "store/flow_columns.h"

namespace noroshi {
namespace {

using for_test::WithEngine;

constexpr std::uint64_t kHour = 3'600'000;
constexpr std::uint64_t kStart = 487'000 * kHour;

/// Rows of one hour with few distinct values in each column, so that groups have several rows.
FlowBatch random_rows(std::mt19937_64& random, std::size_t count, std::uint64_t hour) {
  FlowBatch rows(count);
  rows.append(count);
  const auto below = [&](std::uint64_t limit) { return random() % limit; };
  const auto address = [&] {
    if (below(4) != 0)
      return IpAddress::from_v4(static_cast<std::uint32_t>(0xc0000200 + below(40) * 37));
    std::array<std::byte, 16> bytes{};
    bytes[0] = std::byte{0x20};
    bytes[1] = std::byte{0x01};
    bytes[7] = static_cast<std::byte>(below(4));
    bytes[15] = static_cast<std::byte>(below(9));
    return IpAddress::from_bytes(bytes);
  };
  for (std::size_t i = 0; i < count; ++i) {
    rows.mutable_kind()[i] = static_cast<std::uint8_t>(below(8) == 0 ? 2 : below(2));
    rows.mutable_last()[i] = kStart + hour * kHour + below(kHour);
    rows.mutable_first()[i] = below(20) == 0 ? 0 : rows.last()[i] - below(60'000);
    rows.mutable_received()[i] = rows.last()[i] + below(2'000);
    rows.mutable_source_address()[i] = address();
    rows.mutable_destination_address()[i] = address();
    rows.mutable_source_port()[i] = static_cast<std::uint16_t>(below(50) * 1'300);
    rows.mutable_destination_port()[i] = static_cast<std::uint16_t>(below(5) * 111);
    rows.mutable_protocol()[i] = below(2) == 0 ? 6 : 17;
    rows.mutable_tcp_flags()[i] = static_cast<std::uint8_t>(below(64));
    rows.mutable_packets()[i] = below(100);
    rows.mutable_bytes()[i] = rows.packets()[i] * (40 + below(1'400));
    rows.mutable_reverse_packets()[i] = rows.kind()[i] == 1 ? below(10) : 0;
    rows.mutable_reverse_bytes()[i] = rows.reverse_packets()[i] * 60;
    rows.mutable_sampling_rate()[i] = static_cast<std::uint32_t>(below(3) == 0 ? 100 : below(2));
    rows.mutable_exporter()[i] = IpAddress::from_v4(static_cast<std::uint32_t>(1 + below(2)));
    rows.mutable_source_as()[i] = static_cast<std::uint32_t>(below(3) * 70'000);
    rows.mutable_destination_as()[i] = static_cast<std::uint32_t>(below(4));
    rows.mutable_input_interface()[i] = static_cast<std::uint32_t>(below(3));
    rows.mutable_output_interface()[i] = static_cast<std::uint32_t>(below(4));
    rows.mutable_source_country()[i] = static_cast<std::uint16_t>(below(2) == 0 ? 0 : 0x4a50);
    rows.mutable_vlan()[i] = static_cast<std::uint16_t>(below(3));
  }
  return rows;
}

class Stored : public WithEngine {
 protected:
  void SetUp() override {
    WithEngine::SetUp();
    if (IsSkipped()) return;
    history_ = open_history();
    std::mt19937_64 random(7);
    for (std::uint64_t hour = 0; hour < 3; ++hour) {
      batches_.push_back(random_rows(random, 2'000 + hour * 500, hour));
      const auto inserted = history_->insert(0, hour + 1, batches_.back());
      ASSERT_TRUE(inserted) << inserted.error().message;
    }
  }

  [[nodiscard]] Answer expected(const GroupQuestion& question) const {
    Grouping grouping(question, {});
    Selection selection;
    for (const auto& batch : batches_) {
      const std::vector<std::uint8_t> passed(batch.size(), 1);
      selection.select(batch, passed, question.window);
      grouping.add(selection);
    }
    return grouping.answer();
  }

  std::unique_ptr<History> history_;
  std::vector<FlowBatch> batches_;
};

void expect_same(const Tally& stored, const Tally& expected) {
  EXPECT_EQ(stored.flows, expected.flows);
  EXPECT_EQ(stored.packets, expected.packets);
  EXPECT_EQ(stored.bytes, expected.bytes);
  EXPECT_EQ(stored.first, expected.first);
  EXPECT_EQ(stored.last, expected.last);
  EXPECT_EQ(stored.flows_of_unknown_sampling, expected.flows_of_unknown_sampling);
  EXPECT_EQ(stored.sampled_flows, expected.sampled_flows);
  EXPECT_DOUBLE_EQ(stored.estimated_packets, expected.estimated_packets);
  EXPECT_DOUBLE_EQ(stored.estimated_bytes, expected.estimated_bytes);
  EXPECT_DOUBLE_EQ(stored.packets_variance, expected.packets_variance);
  EXPECT_NEAR(stored.bytes_variance, expected.bytes_variance, 1e-9 * expected.bytes_variance);
}

void expect_same(const Answer& stored, const Answer& expected) {
  expect_same(stored.total, expected.total);
  EXPECT_EQ(stored.groups, expected.groups);
  ASSERT_EQ(stored.rows.size(), expected.rows.size());
  for (std::size_t i = 0; i < stored.rows.size(); ++i) {
    EXPECT_EQ(stored.rows[i].key, expected.rows[i].key) << "row " << i;
    expect_same(stored.rows[i].tally, expected.rows[i].tally);
  }
}

TEST_F(Stored, EveryElementGroupsAsItDoesOverBatches) {
  for (int element = 0; element <= static_cast<int>(Element::kSamplingRate); ++element) {
    for (const auto order : {Order::kFlows, Order::kBytes, Order::kBitsPerSecond}) {
      GroupQuestion question;
      question.keys = {{.element = static_cast<Element>(element)}};
      question.order = order;
      question.limit = element % 2 == 0 ? 7 : 0;
      SCOPED_TRACE(to_string(question.keys[0]));
      const auto answer = history_->ask(grant(question));
      ASSERT_TRUE(answer) << answer.error().message;
      expect_same(*answer, expected(question));
    }
  }
}

TEST_F(Stored, NetworksAndSeveralKeysGroupAsTheyDoOverBatches) {
  const std::vector<std::vector<Key>> lists = {
      {},
      {{.element = Element::kSourceAddress, .v4_bits = 27, .v6_bits = 64}},
      {{.element = Element::kAnyAddress, .v4_bits = 0, .v6_bits = 61}},
      {{.element = Element::kDestinationAddress, .v4_bits = 32, .v6_bits = 0}},
      {{.element = Element::kSourceAddress, .v4_bits = 24, .v6_bits = 125},
       {.element = Element::kDestinationPort},
       {.element = Element::kProtocol}},
      {{.element = Element::kExporter},
       {.element = Element::kSourceAs},
       {.element = Element::kVlan}},
  };
  for (const auto& keys : lists) {
    GroupQuestion question;
    question.keys = keys;
    question.order = Order::kPackets;
    question.limit = 0;
    const auto answer = history_->ask(grant(question));
    ASSERT_TRUE(answer) << answer.error().message;
    expect_same(*answer, expected(question));
  }
}

TEST_F(Stored, AWindowCountsFlowsThatEndedInIt) {
  GroupQuestion question;
  question.keys = {{.element = Element::kDestinationPort}};
  question.window = {kStart + kHour / 2, kStart + 2 * kHour};
  const auto answer = history_->ask(grant(question));
  ASSERT_TRUE(answer) << answer.error().message;
  expect_same(*answer, expected(question));
  EXPECT_LT(answer->total.flows, 2'000u + 2'500u);
}

TEST_F(Stored, ASeriesIsAsItIsOverBatches) {
  const std::vector<std::optional<Key>> splits = {
      std::nullopt,
      Key{.element = Element::kDestinationPort},
      Key{.element = Element::kAnyAddress, .v4_bits = 24, .v6_bits = 64},
      Key{.element = Element::kSourceAddress},
  };
  for (const auto& split : splits) {
    for (const std::uint64_t limit : {0u, 3u}) {
      SeriesQuestion question;
      question.step = 600'000;
      question.split = split;
      question.limit = limit;
      question.window = {kStart + 5'000, kStart + 2 * kHour + 17};
      Series series(question, {});
      Selection selection;
      for (const auto& batch : batches_) {
        selection.select(batch, std::vector<std::uint8_t>(batch.size(), 1), question.window);
        series.add(selection);
      }
      const auto answer = history_->ask(grant(question));
      ASSERT_TRUE(answer) << answer.error().message;
      expect_same(*answer, series.answer());
    }
  }
}

TEST_F(Stored, RowsComeBackWholeByFirstAndThenAsTheyArrived) {
  RowsQuestion question;
  question.window = {kStart + kHour, kStart + 2 * kHour};
  FlowBatch read;
  const auto done = history_->read(grant(question), [&](const FlowBatch& rows) {
    append_all(read, rows);
    return Status{};
  });
  ASSERT_TRUE(done) << done.error().message;

  const auto& batch = batches_[1];
  std::vector<std::uint32_t> order(batch.size());
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) {
    return std::pair(batch.first()[a], batch.received()[a]) <
           std::pair(batch.first()[b], batch.received()[b]);
  });
  FlowBatch sorted;
  append_rows(sorted, batch, order);
  ASSERT_EQ(read.size(), sorted.size());
  std::vector<std::string> differing;
#define NOROSHI_COMPARE(name, type) \
  if (!std::ranges::equal(read.name(), sorted.name())) differing.emplace_back(#name);
  NOROSHI_FLOW_FIELDS(NOROSHI_COMPARE)
#undef NOROSHI_COMPARE
  EXPECT_THAT(differing, testing::IsEmpty());
}

TEST_F(Stored, AnErrorOfTheReaderEndsTheReading) {
  int calls = 0;
  const auto done = history_->read(grant(RowsQuestion{}), [&](const FlowBatch&) -> Status {
    ++calls;
    return failure(ErrorCode::kIo, "enough");
  });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().message, "enough");
  EXPECT_EQ(calls, 1);
  EXPECT_TRUE(history_->ask(grant(GroupQuestion{})));
}

TEST_F(Stored, ABatchIsFoundByItsNumber) {
  EXPECT_EQ(history_->rows_of(0, 2, kStart / kHour + 1), 2'500u);
  EXPECT_EQ(history_->rows_of(0, 2, kStart / kHour), 0u);
  EXPECT_EQ(history_->rows_of(0, 9, kStart / kHour), 0u);
}

TEST_F(Stored, RowsOfTwoHoursAreRefused) {
  FlowBatch rows;
  rows.append(2);
  rows.mutable_last()[1] = kHour;
  const auto inserted = history_->insert(0, 5, rows);
  ASSERT_FALSE(inserted);
  EXPECT_EQ(inserted.error().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace noroshi
