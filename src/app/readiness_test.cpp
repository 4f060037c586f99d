#include "app/readiness.h"

#include <gmock/gmock.h>

namespace noroshi {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;

class ReadinessTest : public ::testing::Test {
 protected:
  ReadinessTest() { collecting_.collecting = true; }
  Result<std::string> look(std::uint64_t lost, seconds after) {
    writer_.lost = lost;
    return readiness_.look(collecting_, &writer_, shards_missing_, begin_ + after);
  }

  Readiness readiness_;
  CollectionState collecting_;
  HistoryWriter::Statistics writer_;
  std::vector<std::string> shards_missing_;
  const Readiness::Moment begin_ = Readiness::Moment(seconds(1'000'000));
};

TEST_F(ReadinessTest, WithoutAHistoryCollectingIsEnough) {
  EXPECT_EQ(*readiness_.look(collecting_, nullptr, {}, begin_), "ready");
}

TEST_F(ReadinessTest, WhatDoesNotCollectSaysWhy) {
  collecting_.collecting = false;
  collecting_.missing.push_back({"not_filed", {"届出がありません", "nothing is filed"}});
  const auto answer = readiness_.look(collecting_, nullptr, {}, begin_);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(answer.error().message, HasSubstr("not_filed"));
  EXPECT_FALSE(answer.error().message.ends_with('\n'));
}

TEST_F(ReadinessTest, FlowsLostWithinTheLastMinuteAreNotReady) {
  EXPECT_TRUE(look(0, seconds(0)));
  const auto losing = look(7, seconds(10));
  ASSERT_FALSE(losing);
  EXPECT_THAT(losing.error().message, HasSubstr("7 so far"));
  EXPECT_FALSE(look(7, seconds(69)));
  EXPECT_TRUE(look(7, seconds(70)));
  EXPECT_FALSE(look(8, seconds(71)));
}

TEST_F(ReadinessTest, AShardThatIsAwayIsSaidAndNoReasonToStop) {
  shards_missing_ = {"http://192.0.2.1: refused"};
  const auto answer = look(0, seconds(0));
  ASSERT_TRUE(answer);
  EXPECT_EQ(*answer, "ready\nshard away: http://192.0.2.1: refused");
}

}  // namespace
}  // namespace noroshi
