#include "store/flow_frame.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "store/flow_columns.h"
#include "store/flows_for_test.h"

namespace noroshi {
namespace {

/// Every field of every row from a generator's bytes; some columns stay untouched.
FlowBatch any_flows(const std::vector<std::uint8_t>& seed, std::size_t rows) {
  FlowBatch flows(std::max<std::size_t>(rows, 1));
  flows.append(rows);
  std::size_t at = 0;
#define NOROSHI_FLOW_FILL(name, type)                                                 \
  if (!seed.empty() && seed[at++ % seed.size()] % 3 != 0) {                           \
    const auto bytes = std::as_writable_bytes(flows.mutable_##name());                \
    for (auto& byte : bytes) byte = static_cast<std::byte>(seed[at++ % seed.size()]); \
  }
  NOROSHI_FLOW_FIELDS(NOROSHI_FLOW_FILL)
#undef NOROSHI_FLOW_FILL
  return flows;
}

void expect_same(const FlowBatch& left, const FlowBatch& right) {
  ASSERT_EQ(left.size(), right.size());
#define NOROSHI_FLOW_SAME(name, type) \
  EXPECT_TRUE(std::equal(left.name().begin(), left.name().end(), right.name().begin())) << #name;
  NOROSHI_FLOW_FIELDS(NOROSHI_FLOW_SAME)
#undef NOROSHI_FLOW_SAME
}

RC_GTEST_PROP(FlowFrame, GivesBackEveryFieldOfEveryRow, (const std::vector<std::uint8_t>& seed)) {
  const auto flows = any_flows(seed, *rc::gen::inRange<std::size_t>(0, 300));
  const auto back = decode_frame(encode_frame(flows));
  RC_ASSERT(back.has_value());
  expect_same(*back, flows);
}

RC_GTEST_PROP(FlowFrame, RefusesOrReadsWhateverWasDamaged,
              (const std::vector<std::uint8_t>& seed)) {
  auto frame = encode_frame(any_flows(seed, *rc::gen::inRange<std::size_t>(1, 100)));
  const auto at = *rc::gen::inRange<std::size_t>(0, frame.size());
  frame[at] ^= static_cast<std::byte>(*rc::gen::inRange(1, 256));
  if (const auto back = decode_frame(frame)) RC_ASSERT(back->size() <= kMostFrameRows);
  frame.resize(at);
  if (const auto back = decode_frame(frame)) RC_ASSERT(back->size() <= kMostFrameRows);
}

TEST(FlowFrame, DoesNotStoreColumnsThatNobodyWrote) {
  FlowBatch flows;
  flows.append(1000);
  for (auto& port : flows.mutable_source_port()) port = 53;
  EXPECT_LT(encode_frame(flows).size(), 100u);
}

TEST(FlowFrame, SaysThatANewerNoroshiWroteIt) {
  auto frame = encode_frame(for_test::rows(1, 1, 3));
  frame[0] = std::byte{2};
  const auto back = decode_frame(frame);
  ASSERT_FALSE(back);
  EXPECT_EQ(back.error().code, ErrorCode::kUnsupported);
}

TEST(FlowFrame, DoesNotTakeMemoryForRowsThatCannotBeThere) {
  auto frame = encode_frame(for_test::rows(1, 1, 3));
  frame[4] = std::byte{0xff};
  frame[5] = std::byte{0xff};
  const auto back = decode_frame(frame);
  ASSERT_FALSE(back);
  EXPECT_EQ(back.error().code, ErrorCode::kMalformed);
}

TEST(FlowColumns, AppendsWholeBatchesAndChosenRows) {
  auto flows = for_test::rows(1, 10, 5);
  append_all(flows, for_test::rows(1, 20, 3));
  EXPECT_EQ(for_test::numbers(flows),
            (std::multiset<std::uint64_t>{10, 11, 12, 13, 14, 20, 21, 22}));
  FlowBatch chosen(1);
  append_rows(chosen, flows, std::vector<std::uint32_t>{7, 0});
  ASSERT_EQ(chosen.size(), 2u);
  EXPECT_EQ(chosen.bytes()[0], 22u);
  EXPECT_EQ(chosen.bytes()[1], 10u);
  EXPECT_EQ(chosen.source_port()[1], 53u);
}

TEST(FlowColumns, KnowsZeroBytes) {
  std::vector<std::byte> bytes(100);
  EXPECT_TRUE(is_zero(bytes));
  EXPECT_TRUE(is_zero({}));
  bytes[99] = std::byte{1};
  EXPECT_FALSE(is_zero(bytes));
  bytes.assign(100, std::byte{7});
  EXPECT_FALSE(is_zero(bytes));
}

}  // namespace
}  // namespace noroshi
