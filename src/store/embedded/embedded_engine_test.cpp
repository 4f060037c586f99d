#include "store/embedded/embedded_engine.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "base/byte_reader.h"
#include "store/embedded/engine_for_test.h"
#include "store/embedded/folder_lock.h"
#include "store/flows_for_test.h"

namespace noroshi {
namespace {

class Embedded : public for_test::WithEngine {};

TEST_F(Embedded, ABatchBecomesOnePart) {
  const auto history = open_history();
  ASSERT_TRUE(history->insert(0, 1, for_test::rows(490'000, 0, Engine::kMostRows)));
  const auto answer =
      engine().ask("SELECT count(), sum(rows) FROM system.parts WHERE table = 'flows' AND active");
  ASSERT_TRUE(answer) << answer.error().message;
  ByteReader reader(*answer);
  EXPECT_EQ(reader.read_u64_le(), 1u);
  EXPECT_EQ(reader.read_u64_le(), Engine::kMostRows);
}

TEST_F(Embedded, RowsAreThereAfterOpeningAgain) {
  for (std::uint64_t batch = 1; batch <= 2; ++batch) {
    const auto history = open_history();
    ASSERT_TRUE(history->insert(0, batch, for_test::rows(490'000, 0, 10)));
    EXPECT_EQ(history->rows_of(0, 1, 490'000), 10u);
  }
}

/// While it lives, no file of this process may grow: every write is refused, as on a full disk.
class RefusedWrites {
 public:
  RefusedWrites() {
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit none{0, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &none);
  }
  ~RefusedWrites() { setrlimit(RLIMIT_FSIZE, &before_); }
  RefusedWrites(const RefusedWrites&) = delete;
  RefusedWrites& operator=(const RefusedWrites&) = delete;

 private:
  rlimit before_{};
};

TEST_F(Embedded, ABatchThatTheDiskDidNotTakeIsUnclearAndNotFound) {
  const auto history = open_history();
  const auto rows = for_test::rows(490'000, 0, 1000);
  ASSERT_TRUE(history->insert(0, 1, rows));
  {
    const RefusedWrites refused;
    const auto inserted = history->insert(0, 2, rows);
    ASSERT_FALSE(inserted);
    EXPECT_EQ(inserted.error().code, ErrorCode::kUnclear);
    EXPECT_EQ(history->rows_of(0, 2, 490'000), 0u);
    EXPECT_EQ(history->rows_of(0, 1, 490'000), 1000u);
  }
  ASSERT_TRUE(history->insert(0, 2, rows));
  EXPECT_EQ(history->rows_of(0, 2, 490'000), 1000u);
  EXPECT_EQ(history->ask(grant(GroupQuestion{}))->total.flows, 2000u);
}

TEST_F(Embedded, RowsSurviveAMergeThatTheDiskDidNotTake) {
  const auto history = open_history();
  for (std::uint64_t batch = 1; batch <= 3; ++batch)
    ASSERT_TRUE(history->insert(0, batch, for_test::rows(490'000, batch * 1000, 1000)));
  {
    const RefusedWrites refused;
    const auto merged = engine().execute("OPTIMIZE TABLE noroshi.flows FINAL");
    ASSERT_FALSE(merged);
    EXPECT_EQ(merged.error().code, ErrorCode::kUnclear);
  }
  EXPECT_EQ(history->rows_of(0, 1, 490'000), 1000u);
  EXPECT_EQ(history->ask(grant(GroupQuestion{}))->total.flows, 3000u);
}

TEST_F(Embedded, QuestionsAreAnsweredWhileRowsArrive) {
  const auto history = open_history();
  std::thread writer([&] {
    for (std::uint64_t batch = 1; batch <= 20; ++batch)
      EXPECT_TRUE(history->insert(0, batch, for_test::rows(490'000, batch * 5'000, 5'000)));
  });
  std::uint64_t before = 0;
  for (int i = 0; i < 20; ++i) {
    const auto answer = history->ask(grant(GroupQuestion{}));
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_GE(answer->total.flows, before);
    EXPECT_EQ(answer->total.flows % 5'000, 0u) << "a batch is there whole or not at all";
    before = answer->total.flows;
  }
  writer.join();
  EXPECT_EQ(history->ask(grant(GroupQuestion{}))->total.flows, 100'000u);
}

TEST_F(Embedded, AnErrorSaysWhatTheEngineSays) {
  const auto engine = open_engine();
  const auto answer = engine->ask("SELECT nothing FROM noroshi.nowhere");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(answer.error().message.find("Stack trace"), std::string::npos);
  EXPECT_FALSE(engine->execute("THIS IS NO STATEMENT"));
}

TEST_F(Embedded, AFolderInUseIsRefusedInOneLineThatNamesTheProcess) {
  const auto engine = open_engine();
  const auto second = EmbeddedEngine::open(config());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kPermission);
  EXPECT_NE(second.error().message.find(std::to_string(getpid())), std::string::npos);
  EXPECT_EQ(second.error().message.find('\n'), std::string::npos);
}

TEST_F(Embedded, AMissingLibraryIsSaidWithWhatToDo) {
  auto missing = config();
  missing.library = "/nowhere/libchdb.so";
  const auto engine = EmbeddedEngine::open(missing);
  ASSERT_FALSE(engine);
  EXPECT_EQ(engine.error().code, ErrorCode::kNotFound);
  EXPECT_NE(engine.error().message.find("tools/bootstrap.sh"), std::string::npos);
}

TEST_F(Embedded, ParquetIsWritten) {
  const auto history = open_history();
  ASSERT_TRUE(history->insert(0, 1, for_test::rows(490'000, 0, 30'000)));
  const auto file = folder() / "flows.parquet";
  const auto written = history->export_parquet(grant(RowsQuestion{}), file);
  ASSERT_TRUE(written) << written.error().message;
  const auto answer = engine().ask("SELECT count(), sum(bytes), min(last - first) FROM file('" +
                                   file.string() + "', Parquet)");
  ASSERT_TRUE(answer) << answer.error().message;
  ByteReader reader(*answer);
  EXPECT_EQ(reader.read_u64_le(), 30'000u);
  EXPECT_EQ(reader.read_u64_le(), 29'999u * 30'000u / 2);
}

}  // namespace
}  // namespace noroshi
