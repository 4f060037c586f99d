#include "store/writer.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <optional>
#include <thread>

#include "base/folder_for_test.h"
#include "store/flows_for_test.h"
#include "store/store_for_test.h"

namespace noroshi {
namespace {

using for_test::Fails;
using for_test::Folder;
using for_test::ScriptedStore;
using namespace std::chrono_literals;

constexpr auto kLong = 30s;

HistoryWriter::Config quick() {
  return {.batches = {.most_rows = 50, .oldest = 5ms, .few_rows = 3, .oldest_of_few = 20ms},
          .delivery = {.first_pause = 1ms, .longest_pause = 4ms},
          .queue_rows = 1000,
          .spool_after = 10ms,
          .stop_within = 50ms};
}

std::unique_ptr<Spool> open_spool(const std::filesystem::path& folder,
                                  std::uint64_t most_bytes = 1 << 24) {
  auto spool = Spool::open({.folder = folder, .most_bytes = most_bytes, .segment_bytes = 10'000});
  EXPECT_TRUE(spool.has_value());
  return std::move(*spool);
}

bool wait_for(const std::function<bool()>& condition) {
  const auto by = std::chrono::steady_clock::now() + kLong;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > by) return false;
    std::this_thread::sleep_for(1ms);
  }
  return true;
}

/// Every flow is in exactly one place. Of a writer whose spool began empty.
void expect_balanced(const HistoryWriter::Statistics& now) {
  EXPECT_EQ(now.taken,
            now.open + now.queued + (now.inserted - now.drained) + now.spooled + now.lost);
  EXPECT_EQ(now.acknowledged, (now.inserted - now.drained) + now.spooled);
  EXPECT_EQ(now.delivery.doubled, 0u);
}
/// The same while nothing is on its way between writer and spool.
void expect_balanced_at_rest(const HistoryWriter::Statistics& now) {
  expect_balanced(now);
  EXPECT_EQ(now.spooled, now.drained + now.spool.flows);
}

std::multiset<std::uint64_t> all_up_to(std::uint64_t end) {
  std::multiset<std::uint64_t> all;
  for (std::uint64_t at = 0; at < end; ++at) all.insert(all.end(), at);
  return all;
}

TEST(HistoryWriter, InsertsWhatItTakesOverAllShards) {
  const Folder folder;
  ScriptedStore store(2);
  const auto spool = open_spool(folder.path());
  HistoryWriter writer(quick(), {store, *spool});
  writer.start();
  std::uint64_t taken = 0;
  const auto take_more = [&] {
    for (const auto end = taken + 1000; taken < end; taken += 100)
      writer.take(for_test::rows(7, taken, 100));
    ASSERT_TRUE(writer.flush(kLong));
  };
  take_more();
  // Whichever shard is free takes the next batch: on a busy machine that is long the same one.
  while ((store.batches(0) <= 5 || store.batches(1) <= 5) && taken < 100'000) take_more();
  EXPECT_EQ(store.stored(), all_up_to(taken));
  EXPECT_GT(store.batches(0), 5u);
  EXPECT_GT(store.batches(1), 5u);
  const auto statistics = writer.statistics();
  expect_balanced_at_rest(statistics);
  EXPECT_EQ(statistics.acknowledged, taken);
  EXPECT_EQ(statistics.spooled, 0u);
  EXPECT_GT(statistics.last_success, Timestamp{});
}

TEST(HistoryWriter, InsertsByAgeWithoutBeingAsked) {
  const Folder folder;
  ScriptedStore store(1);
  const auto spool = open_spool(folder.path());
  HistoryWriter writer(quick(), {store, *spool});
  writer.start();
  writer.take(for_test::rows(7, 0, 10));
  EXPECT_TRUE(wait_for([&] { return store.stored().size() == 10; }));
}

TEST(HistoryWriter, SpoolsWhileTheEngineIsAwayAndDrainsWhenItIsBack) {
  const Folder folder;
  ScriptedStore store(1);
  store.set_away(0, true);
  const auto spool = open_spool(folder.path());
  HistoryWriter writer(quick(), {store, *spool});
  writer.start();
  for (std::uint64_t at = 0; at < 500; at += 50) writer.take(for_test::rows(7, at, 50));
  ASSERT_TRUE(writer.flush(kLong));
  auto statistics = writer.statistics();
  expect_balanced_at_rest(statistics);
  EXPECT_EQ(statistics.acknowledged, 500u);
  EXPECT_EQ(statistics.spooled, 500u);
  EXPECT_EQ(statistics.last_error, "away");
  EXPECT_TRUE(store.stored().empty());

  store.set_away(0, false);
  ASSERT_TRUE(wait_for([&] { return writer.statistics().spool.records == 0; }));
  writer.stop();
  EXPECT_EQ(store.stored(), all_up_to(500));
  statistics = writer.statistics();
  expect_balanced_at_rest(statistics);
  EXPECT_EQ(statistics.drained, 500u);
  EXPECT_EQ(statistics.spool.bytes, 0u);
}

TEST(HistoryWriter, LeavesAShardThatIsAwayAlone) {
  const Folder folder;
  ScriptedStore store(2);
  store.set_away(0, true);
  const auto spool = open_spool(folder.path());
  HistoryWriter writer(quick(), {store, *spool});
  writer.start();
  for (std::uint64_t at = 0; at < 500; at += 50) writer.take(for_test::rows(7, at, 50));
  ASSERT_TRUE(writer.flush(kLong));
  ASSERT_TRUE(wait_for([&] { return writer.statistics().inserted == 500; }));
  EXPECT_EQ(store.batches(0), 0u);
  EXPECT_EQ(store.stored(), all_up_to(500));
}

TEST(HistoryWriter, AsksTheShardAfterAnUnclearAnswerAndSendsNothingTwice) {
  const Folder folder;
  ScriptedStore store(2, {Fails::kUnclearDone, Fails::kNot});
  const auto spool = open_spool(folder.path());
  HistoryWriter writer(quick(), {store, *spool});
  writer.start();
  writer.take(for_test::rows(7, 0, 50));
  ASSERT_TRUE(wait_for([&] { return writer.statistics().batches_found == 1; }));
  EXPECT_EQ(store.inserts(), 1u);
  EXPECT_EQ(store.stored(), all_up_to(50));
  EXPECT_EQ(writer.statistics().delivery.unclear, 1u);
}

TEST(HistoryWriter, SetsRefusedBatchesAsideAndOffersThemAgainAfterARestart) {
  const Folder folder;
  ScriptedStore store(1, {Fails::kRefused});
  {
    const auto spool = open_spool(folder.path());
    HistoryWriter writer(quick(), {store, *spool});
    writer.start();
    writer.take(for_test::rows(7, 0, 50));
    ASSERT_TRUE(wait_for([&] { return writer.statistics().batches_refused == 1; }));
    store.set_script({});
    writer.take(for_test::rows(7, 50, 50));  // is not held up
    ASSERT_TRUE(wait_for([&] { return store.stored().size() == 50; }));
    EXPECT_EQ(writer.statistics().spool.flows, 50u);
    expect_balanced_at_rest(writer.statistics());
  }
  const auto spool = open_spool(folder.path());
  HistoryWriter writer(quick(), {store, *spool});
  writer.start();
  ASSERT_TRUE(wait_for([&] { return writer.statistics().spool.records == 0; }));
  EXPECT_EQ(store.stored(), all_up_to(100));
}

TEST(HistoryWriter, CountsWhatIsBeyondEveryLimit) {
  const Folder folder;
  ScriptedStore store(1);
  store.set_away(0, true);
  const auto spool = open_spool(folder.path(), 3000);
  auto config = quick();
  config.queue_rows = 200;
  HistoryWriter writer(config, {store, *spool});
  writer.start();
  for (std::uint64_t at = 0; at < 5000; at += 50) writer.take(for_test::rows(7, at, 50));
  EXPECT_FALSE(writer.flush(100ms));
  auto statistics = writer.statistics();
  expect_balanced_at_rest(statistics);
  EXPECT_GT(statistics.lost, 0u);
  EXPECT_GT(statistics.spooled, 0u);
  EXPECT_GT(statistics.spool.failed_appends, 0u);
  EXPECT_LE(statistics.queued, 400u);

  store.set_away(0, false);
  ASSERT_TRUE(writer.flush(kLong));
  ASSERT_TRUE(wait_for([&] { return writer.statistics().spool.records == 0; }));
  writer.stop();
  statistics = writer.statistics();
  expect_balanced_at_rest(statistics);
  EXPECT_EQ(store.stored().size(), statistics.inserted);
  EXPECT_EQ(statistics.inserted + statistics.lost, 5000u);
}

TEST(HistoryWriter, LeavesToTheSpoolWhatTheEngineDoesNotTakeBeforeTheEnd) {
  const Folder folder;
  ScriptedStore store(1, {Fails::kUnavailable});
  {
    const auto spool = open_spool(folder.path());
    HistoryWriter writer(quick(), {store, *spool});
    writer.start();
    writer.take(for_test::rows(7, 0, 10));
    writer.stop();
    writer.stop();
    EXPECT_EQ(writer.statistics().acknowledged, 10u);
    EXPECT_EQ(spool->statistics().flows, 10u);
  }
  store.set_script({});
  const auto spool = open_spool(folder.path());
  HistoryWriter writer(quick(), {store, *spool});
  writer.start();
  ASSERT_TRUE(wait_for([&] { return store.stored().size() == 10; }));
}

TEST(HistoryWriter, TakesFromSeveralThreadsAtOnce) {
  const Folder folder;
  ScriptedStore store(2, {Fails::kNot, Fails::kNot, Fails::kUnclearDone, Fails::kUnavailable});
  const auto spool = open_spool(folder.path());
  HistoryWriter writer(quick(), {store, *spool});
  writer.start();
  std::vector<std::thread> threads;
  for (std::uint64_t thread = 0; thread < 4; ++thread)
    threads.emplace_back([&writer, thread] {
      for (std::uint64_t at = 0; at < 500; at += 20)
        writer.take(for_test::rows(7 + at / 200, thread * 500 + at, 20));
    });
  for (int at = 0; at < 20; ++at) expect_balanced(writer.statistics());
  for (auto& thread : threads) thread.join();
  ASSERT_TRUE(writer.flush(kLong));
  ASSERT_TRUE(wait_for([&] { return writer.statistics().spool.records == 0; }));
  EXPECT_EQ(store.stored(), all_up_to(2000));
}

/// Whatever fails in whatever order, and however often the program ends: what was acknowledged is
/// there once, and nothing is there twice.
RC_GTEST_PROP(HistoryWriter, StoresEveryAcknowledgedFlowExactlyOnce, ()) {
  const Folder folder;
  const auto script_of = [] {
    return *rc::gen::resize(8, rc::gen::container<std::vector<Fails>>(rc::gen::element(
                                   Fails::kNot, Fails::kNot, Fails::kUnavailable,
                                   Fails::kUnclearDone, Fails::kUnclearNotDone, Fails::kRefused)));
  };
  auto store = std::make_unique<ScriptedStore>(*rc::gen::inRange<std::size_t>(1, 4), script_of());
  int life = 0;
  auto spool = open_spool(folder.path() / "0");
  auto writer =
      std::make_unique<HistoryWriter>(quick(), HistoryWriter::Dependencies{*store, *spool});
  writer->start();

  std::uint64_t taken = 0;
  std::multiset<std::uint64_t> acknowledged;
  std::uint64_t acknowledged_before = 0;  // all below are, or were lost by an end before that
  enum class Step { kTake, kFlush, kEnd, kKill, kFailOtherwise };
  const auto steps = *rc::gen::resize(12, rc::gen::container<std::vector<Step>>(rc::gen::element(
                                              Step::kTake, Step::kTake, Step::kTake, Step::kFlush,
                                              Step::kEnd, Step::kKill, Step::kFailOtherwise)));
  const auto restart = [&](bool killed, std::vector<Fails> script) {
    const auto old_folder = folder.path() / std::to_string(life);
    const auto new_folder = folder.path() / std::to_string(++life);
    if (killed) {
      // The disk and the servers as they are at one moment; what the old program does after is
      // not seen by anybody.
      store->close();
      std::filesystem::copy(old_folder, new_folder, std::filesystem::copy_options::recursive);
    }
    writer->stop();
    writer.reset();
    spool.reset();
    if (!killed) std::filesystem::rename(old_folder, new_folder);
    store = std::make_unique<ScriptedStore>(store->take_shards(), std::move(script));
    spool = open_spool(new_folder);
    writer = std::make_unique<HistoryWriter>(quick(), HistoryWriter::Dependencies{*store, *spool});
    writer->start();
  };
  const auto acknowledge = [&] {
    for (; acknowledged_before < taken; ++acknowledged_before)
      acknowledged.insert(acknowledged_before);
  };
  for (const auto step : steps) switch (step) {
      case Step::kTake: {
        const auto count = *rc::gen::inRange<std::uint64_t>(1, 120);
        FlowBatch flows;
        for (std::uint64_t at = 0; at < count; ++at)
          for_test::add_row(flows, 7 + taken % 3, taken + at);
        taken += count;
        writer->take(std::move(flows));
        break;
      }
      case Step::kFlush:
        RC_ASSERT(writer->flush(kLong).has_value());
        acknowledge();
        break;
      case Step::kEnd:
        restart(false, script_of());
        acknowledge();
        break;
      case Step::kKill:
        restart(true, script_of());
        acknowledged_before = taken;
        break;
      case Step::kFailOtherwise:
        store->set_script(script_of());
        break;
    }
  restart(false, {});
  acknowledge();
  RC_ASSERT(wait_for([&] { return writer->statistics().spool.records == 0; }));
  RC_ASSERT(writer->flush(kLong).has_value());

  const auto stored = store->stored();
  RC_ASSERT(std::set<std::uint64_t>(stored.begin(), stored.end()).size() == stored.size());
  RC_ASSERT(std::includes(stored.begin(), stored.end(), acknowledged.begin(), acknowledged.end()));
  RC_ASSERT(writer->statistics().delivery.doubled == 0u);
}

}  // namespace
}  // namespace noroshi
