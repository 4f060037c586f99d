#include "store/schema.h"

#include <gtest/gtest.h>

#include "store/embedded/engine_for_test.h"
#include "store/flows_for_test.h"

namespace noroshi {
namespace {

class Schema : public for_test::WithEngine {};

TEST_F(Schema, EveryPastVersionIsBroughtUpToDateWithItsRows) {
  for (std::uint32_t past = 1; past <= kSchemaVersion; ++past) {
    SCOPED_TRACE(past);
    auto engine = open_engine();
    ASSERT_TRUE(engine->execute("DROP DATABASE IF EXISTS noroshi"));
    ASSERT_TRUE(bring_schema_to(*engine, past));
    EXPECT_EQ(schema_version_of(*engine, 0), past);
    // A row as that version held it: by the columns that every version has.
    ASSERT_TRUE(engine->execute(
        "INSERT INTO noroshi.flows (last, duration, bytes, batch) VALUES (3600001, 1, 77, 5)"));
    auto* const at_work = engine.get();
    auto history = History::open(std::move(engine));
    ASSERT_TRUE(history) << history.error().message;
    EXPECT_EQ(schema_version_of(*at_work, 0), kSchemaVersion);
    EXPECT_EQ((*history)->rows_of(0, 5, 1), 1u);
    const auto answer = (*history)->ask(grant(GroupQuestion{}));
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->total.bytes, 77u);
    EXPECT_EQ(answer->total.first, 3'600'000u);
    EXPECT_TRUE((*history)->partitions());
  }
}

TEST_F(Schema, AStepThatWasCutShortIsTakenAgain) {
  auto engine = open_engine();
  ASSERT_TRUE(bring_schema_to(*engine, 1));
  ASSERT_TRUE(engine->execute(schema_step(2, *engine).front()));
  EXPECT_TRUE(bring_schema_to(*engine));
  EXPECT_EQ(schema_version_of(*engine, 0), kSchemaVersion);
}

TEST_F(Schema, OfANewerNoroshiIsRefusedAndNotTouched) {
  auto engine = open_engine();
  ASSERT_TRUE(bring_schema_to(*engine));
  ASSERT_TRUE(engine->execute("INSERT INTO noroshi.schema_version VALUES (1000)"));
  const auto history = History::open(std::move(engine));
  ASSERT_FALSE(history);
  EXPECT_EQ(history.error().code, ErrorCode::kUnsupported);
  EXPECT_NE(history.error().message.find("newer Noroshi"), std::string::npos);
}

}  // namespace
}  // namespace noroshi
