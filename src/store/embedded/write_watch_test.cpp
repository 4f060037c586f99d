#include "store/embedded/write_watch.h"

#include <gtest/gtest.h>

namespace noroshi {
namespace {

/// An engine whose parts are in memory, on disk, or both.
struct FakeEngine {
  std::uint64_t failed = 0;
  std::uint64_t failing_while_it_opens = 0;
  bool opens = true;
  int reopened = 0;

  WriteWatch::Dependencies dependencies() {
    return {[this]() -> Result<std::uint64_t> {
              if (!opens) return failure(ErrorCode::kIo, "does not open");
              return failed;
            },
            [this]() -> Status {
              ++reopened;
              failed += failing_while_it_opens;
              if (!opens) return failure(ErrorCode::kIo, "does not open");
              return {};
            }};
  }
};

TEST(WriteWatch, LeavesAnEngineAloneWhoseWritesAreMade) {
  FakeEngine engine;
  WriteWatch watch(engine.dependencies());
  EXPECT_EQ(watch.settle(), false);
  EXPECT_EQ(watch.settle(), false);
  EXPECT_EQ(engine.reopened, 0);
}

TEST(WriteWatch, OpensTheEngineAgainOnceAfterWritesThatFailed) {
  FakeEngine engine;
  WriteWatch watch(engine.dependencies());
  engine.failed = 13;
  EXPECT_EQ(watch.settle(), true);
  EXPECT_EQ(watch.settle(), false);
  EXPECT_EQ(engine.reopened, 1);
  ++engine.failed;
  EXPECT_EQ(watch.settle(), true);
  EXPECT_EQ(engine.reopened, 2);
}

TEST(WriteWatch, DoesNotForgetWhatFailsWhileTheEngineOpens) {
  FakeEngine engine;
  WriteWatch watch(engine.dependencies());
  engine.failed = 1;
  engine.failing_while_it_opens = 1;
  EXPECT_EQ(watch.settle(), true);
  engine.failing_while_it_opens = 0;
  EXPECT_EQ(watch.settle(), true);
  EXPECT_EQ(watch.settle(), false);
}

TEST(WriteWatch, StaysInDoubtUntilTheEngineOpens) {
  FakeEngine engine;
  auto dependencies = engine.dependencies();
  dependencies.failed_writes = [&]() -> Result<std::uint64_t> { return engine.failed; };
  WriteWatch watch(dependencies);
  engine.failed = 1;
  engine.opens = false;
  EXPECT_FALSE(watch.settle());
  EXPECT_FALSE(watch.settle());
  engine.opens = true;
  EXPECT_EQ(watch.settle(), true);
  EXPECT_EQ(engine.reopened, 3);
}

TEST(WriteWatch, SaysNothingOfAnEngineThatDoesNotCount) {
  FakeEngine engine;
  WriteWatch watch(engine.dependencies());
  engine.opens = false;
  EXPECT_FALSE(watch.settle());
  EXPECT_EQ(engine.reopened, 0);
}

}  // namespace
}  // namespace noroshi
