#include "store/rewriting.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/old_rows_for_test.h"
#include "store/rewriting_turn.h"

namespace noroshi {
namespace {

using for_test::address;
using for_test::kFirst;
using for_test::rows_of;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Result<IpAddress> marked(const IpAddress& old, std::uint64_t /*hour*/) {
  return Prefix::parse("198.18.0.0/15")->contains(old) ? old.marked() : old;
}

class RewritingTest : public for_test::OldRowsTest {
 protected:
  [[nodiscard]] Partition partition(std::uint64_t hour = kFirst) {
    const auto partitions = history_->partitions();
    EXPECT_TRUE(partitions);
    for (const auto& each : *partitions)
      if (each.begin == hour) return each;
    ADD_FAILURE() << "no such hour";
    return {};
  }
  /// Ten rows of subscribers and ten of strangers, in two batches.
  void insert_twenty() {
    auto rows = rows_of(kFirst, 10);
    for (std::size_t i = 0; i < 10; ++i)
      rows.mutable_source_address()[i] =
          IpAddress::from_v4(0xc6130000 + static_cast<std::uint32_t>(i));
    ASSERT_TRUE(history_->insert(0, 1, rows));
    ASSERT_TRUE(history_->insert(0, 2, rows_of(kFirst, 10)));
  }
  void execute(std::string_view statement) {
    const auto done = engine().execute_on(0, statement);
    ASSERT_TRUE(done) << done.error().message;
  }
  /// Tables that are there beside those of the schema.
  [[nodiscard]] std::uint64_t tables_beside() {
    const auto answer = engine().ask_shard(
        0,
        "SELECT toUInt8(count()) FROM system.tables WHERE database = 'noroshi' AND (name LIKE "
        "'%rewrit%' OR name LIKE '%sealed')");
    EXPECT_TRUE(answer);
    return std::to_integer<std::uint64_t>(answer->front());
  }
  /// As the next run of the program finds it.
  void open_again() {
    history_.reset();
    auto engine = open_engine();
    auto history = History::open(std::move(engine));
    ASSERT_TRUE(history) << history.error().message;
    history_ = std::move(*history);
  }
  static std::multiset<std::string> with_marks(const std::multiset<std::string>& rows) {
    std::multiset<std::string> changed;
    for (const auto& row : rows) changed.insert(row.starts_with("198.19.") ? "~" + row : row);
    return changed;
  }
};

TEST_F(RewritingTest, RewrittenStandAsTheyStoodButForTheirAddresses) {
  auto rows = rows_of(kFirst, 500);
  for (std::size_t i = 0; i < 500; i += 5)
    rows.mutable_source_address()[i] =
        IpAddress::from_v4(0xc6130000 + static_cast<std::uint32_t>(i));
  ASSERT_TRUE(history_->insert(0, 7, rows));
  ASSERT_TRUE(history_->insert(0, 9, rows_of(kFirst, 30)));
  ASSERT_TRUE(history_->insert(0, 11, rows_of(kFirst + 1, 20)));
  const auto before = stored();
  std::set<std::uint64_t> hours;
  const auto mark = [&](const IpAddress& old, std::uint64_t hour) -> Result<IpAddress> {
    hours.insert(hour);
    return Prefix::parse("198.18.0.0/15")->contains(old) ? old.marked() : old;
  };
  const auto partitions = history_->partitions();
  ASSERT_TRUE(partitions);
  for (int times = 0; times < 2; ++times) {
    for (const auto& partition : *partitions)
      if (partition.begin == kFirst) {
        ASSERT_TRUE(history_->rewrite(granted(), partition, mark));
      }
    EXPECT_THAT(hours, ElementsAre(kFirst));
    EXPECT_THAT(found(), IsEmpty());
    const auto after = stored();
    ASSERT_EQ(after.size(), before.size());
    std::multiset<std::string> marked;
    for (const auto& row : before) marked.insert(row.starts_with("198.19.") ? "~" + row : row);
    EXPECT_EQ(after, marked);
    // A batch is still known by its number.
    EXPECT_EQ(history_->rows_of(0, 7, kFirst), 500u);
    EXPECT_EQ(history_->rows_of(0, 9, kFirst), 30u);
  }
}

TEST_F(RewritingTest, ContactsAreRewrittenWithAllThatIsKeptOfThem) {
  std::vector<Contact> contacts(3);
  for (std::size_t i = 0; i < contacts.size(); ++i) {
    contacts[i].client = IpAddress::from_v4(0xc6130000 + static_cast<std::uint32_t>(i));
    contacts[i].server.address = address("203.0.113.9");
    contacts[i].flows = 5 + i;
    contacts[i].bytes_up = 77 * i;
  }
  ASSERT_TRUE(history_->insert_contacts(0, 3, kFirst, contacts));
  const auto read = [&] {
    std::map<std::string, std::uint64_t> all;
    const auto done = history_->read_contacts(
        guard_.grant(ContactsQuestion{kFirst}), [&](std::span<const Contact> some) -> Status {
          for (const auto& contact : some)
            all[contact.client.to_string()] = contact.flows * 1'000 + contact.bytes_up;
          return {};
        });
    EXPECT_TRUE(done) << done.error().message;
    return all;
  };
  const auto before = read();
  ASSERT_EQ(before.size(), 3u);
  const auto partitions = history_->partitions();
  ASSERT_TRUE(partitions);
  for (const auto& partition : *partitions)
    ASSERT_TRUE(history_->rewrite(
        granted(), partition, [](const IpAddress& old, std::uint64_t hour) -> Result<IpAddress> {
          EXPECT_EQ(hour, kFirst);
          return old == *IpAddress::parse("203.0.113.9") ? old : old.marked();
        }));
  std::map<std::string, std::uint64_t> marked;
  for (const auto& [client, numbers] : before) marked["~" + client] = numbers;
  EXPECT_EQ(read(), marked);
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(RewritingTest, AChangeThatFailsLeavesEverythingAsItWas) {
  ASSERT_TRUE(history_->insert(0, 1, rows_of(kFirst, 10)));
  const auto before = stored();
  const auto partitions = history_->partitions();
  ASSERT_TRUE(partitions);
  ASSERT_EQ(partitions->size(), 1u);
  const auto failed = history_->rewrite(granted(), partitions->front(),
                                        [](const IpAddress&, std::uint64_t) -> Result<IpAddress> {
                                          return failure(ErrorCode::kIo, "the keys are away");
                                        });
  EXPECT_EQ(failed.error().message, "the keys are away");
  EXPECT_EQ(stored(), before);
}

TEST_F(RewritingTest, OldRowsAreNotFoundAgainByTheNextRun) {
  if (std::getenv("NOROSHI_TEST_CLUSTER") != nullptr) return;  // test_old_rows.py kills servers
  insert_twenty();
  const auto before = stored();
  ASSERT_TRUE(history_->rewrite(granted(), partition(), marked));
  for (int times = 0; times < 2; ++times) {
    open_again();
    EXPECT_EQ(stored(), with_marks(before));
    EXPECT_THAT(found(), IsEmpty());
  }
  ASSERT_TRUE(history_->drop_for_good(partition()));
  open_again();
  EXPECT_THAT(stored(), IsEmpty());
}

TEST_F(RewritingTest, BatchesTooLargeForOnceAreReadInShares) {
  constexpr std::size_t kRows = 300'000;
  auto rows = rows_of(kFirst, kRows);
  for (std::size_t i = 0; i < kRows; i += 3)
    rows.mutable_source_address()[i] =
        IpAddress::from_v4(0xc6120000 + static_cast<std::uint32_t>(i % 100'000));
  ASSERT_TRUE(history_->insert(0, 7, rows));
  std::vector<std::uint64_t> seen;
  ASSERT_TRUE(history_->rewrite(granted(), partition(), marked,
                                [&](const RewritingProgress& progress) -> Status {
                                  EXPECT_EQ(progress.of, kRows);
                                  if (!progress.waits) seen.push_back(progress.rows);
                                  return {};
                                }));
  EXPECT_GE(seen.size(), 2u);
  EXPECT_TRUE(std::ranges::is_sorted(seen));
  EXPECT_EQ(history_->rows_of(0, 7, kFirst), kRows);
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(RewritingTest, RowsThatCameInMeanwhileAreRewrittenToo) {
  insert_twenty();
  auto late = rows_of(kFirst, 5);
  late.mutable_source_address()[4] = address("198.19.9.9");
  bool came = false;
  ASSERT_TRUE(
      history_->rewrite(granted(), partition(), [&](const IpAddress& old, std::uint64_t hour) {
        if (!std::exchange(came, true)) {
          EXPECT_TRUE(history_->insert(0, 3, late));
        }
        return marked(old, hour);
      }));
  EXPECT_EQ(stored().size(), 25u);
  EXPECT_EQ(stored().count(*stored().lower_bound("~198.19.9.9")), 1u);
  EXPECT_THAT(found(), IsEmpty());
  EXPECT_EQ(tables_beside(), 0u);
}

TEST_F(RewritingTest, RowsThatKeepComingUntilItIsSealedAreRewrittenToo) {
  insert_twenty();
  BatchId batch = 100;
  const auto rewritten =
      history_->rewrite(granted(), partition(), marked, [&](const RewritingProgress&) -> Status {
        auto late = rows_of(kFirst, 1);
        late.mutable_source_address()[0] = address("198.19.9.9");
        EXPECT_TRUE(history_->insert(0, ++batch, late));
        return {};
      });
  ASSERT_TRUE(rewritten) << rewritten.error().message;
  EXPECT_GT(batch, 100u);
  EXPECT_EQ(stored().size(), 20 + (batch - 100));
  EXPECT_THAT(found(), IsEmpty());
  EXPECT_EQ(tables_beside(), 0u);
}

TEST_F(RewritingTest, WhereRowsKeepGoingItIsGivenUpAndTheOthersStay) {
  insert_twenty();
  BatchId batch = 100;
  const auto given_up = history_->rewrite(
      granted(), partition(),
      [&](const IpAddress& old, std::uint64_t hour) -> Result<IpAddress> {
        // What is being copied goes, and others come.
        if (batch < 200 && old == address("203.0.113.9")) {
          if (engine().execute_on(0, "ALTER TABLE noroshi.flows DROP PARTITION 498000")) {
            EXPECT_TRUE(history_->insert(0, ++batch, rows_of(kFirst, 1)));
          }
        }
        return marked(old, hour);
      },
      {});
  ASSERT_FALSE(given_up);
  EXPECT_EQ(given_up.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(given_up.error().message, HasSubstr("kept going"));
  EXPECT_EQ(stored().size(), 1u);
  EXPECT_EQ(tables_beside(), 0u);
}

TEST_F(RewritingTest, EndedByWhoHeedsItEverythingIsAsItWas) {
  insert_twenty();
  const auto before = stored();
  const auto ended =
      history_->rewrite(granted(), partition(), marked, [](const RewritingProgress&) -> Status {
        return failure(ErrorCode::kUnavailable, "told to stop");
      });
  EXPECT_EQ(ended.error().message, "told to stop");
  EXPECT_EQ(stored(), before);
  ASSERT_TRUE(finish_rewriting(engine()));
  EXPECT_EQ(stored(), before);
  EXPECT_EQ(tables_beside(), 0u);
}

// What a kill leaves, state by state; each is ended twice, for ending may be killed too.

TEST_F(RewritingTest, KilledWhileItCopiesTheOldRowsStay) {
  insert_twenty();
  const auto before = stored();
  execute("CREATE TABLE noroshi.flows_rewriting AS noroshi.flows");
  execute("INSERT INTO noroshi.flows_rewriting SELECT * FROM noroshi.flows WHERE batch = 1");
  for (int times = 0; times < 2; ++times) ASSERT_TRUE(finish_rewriting(engine()));
  EXPECT_EQ(stored(), before);
  EXPECT_EQ(tables_beside(), 0u);
}

TEST_F(RewritingTest, KilledWhileItIsSealedTheOldRowsStay) {
  insert_twenty();
  const auto before = stored();
  execute("CREATE TABLE noroshi.flows_rewriting AS noroshi.flows");
  execute("INSERT INTO noroshi.flows_rewriting SELECT * FROM noroshi.flows WHERE batch = 1");
  execute("RENAME TABLE noroshi.flows TO noroshi.flows_sealed");
  // Who writes now is told to come again, and asks for no batch in vain.
  EXPECT_EQ(history_->insert(0, 9, rows_of(kFirst, 1)).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(history_->rows_of(0, 1, kFirst).error().code, ErrorCode::kNotFound);
  for (int times = 0; times < 2; ++times) ASSERT_TRUE(finish_rewriting(engine()));
  EXPECT_EQ(stored(), before);
  EXPECT_EQ(tables_beside(), 0u);
}

TEST_F(RewritingTest, KilledWithTheNewRowsFinalTheyTakeTheirPlace) {
  for (const bool dropped : {false, true})
    for (const bool attached : {false, true}) {
      SCOPED_TRACE(dropped ? attached ? "attached" : "dropped" : "neither");
      insert_twenty();
      ASSERT_TRUE(history_->insert(0, 3, rows_of(kFirst + 1, 5)));  // of another hour: they stay
      execute("CREATE TABLE noroshi.flows_rewritten AS noroshi.flows");
      execute("INSERT INTO noroshi.flows_rewritten SELECT * FROM noroshi.flows WHERE batch = 2");
      execute("RENAME TABLE noroshi.flows TO noroshi.flows_sealed");
      if (dropped) execute("ALTER TABLE noroshi.flows_sealed DROP PARTITION 498000");
      if (attached)
        execute(
            "ALTER TABLE noroshi.flows_sealed ATTACH PARTITION 498000 FROM "
            "noroshi.flows_rewritten");
      for (int times = 0; times < 2; ++times) ASSERT_TRUE(finish_rewriting(engine()));
      EXPECT_EQ(history_->rows_of(0, 1, kFirst), 0u);
      EXPECT_EQ(history_->rows_of(0, 2, kFirst), 10u);
      EXPECT_EQ(history_->rows_of(0, 3, kFirst + 1), 5u);
      EXPECT_EQ(tables_beside(), 0u);
      for (const auto hour : {kFirst, kFirst + 1})
        ASSERT_TRUE(history_->drop_for_good(partition(hour)));
    }
}

TEST_F(RewritingTest, KilledAfterItTheNewRowsStay) {
  insert_twenty();
  const auto before = stored();
  execute("CREATE TABLE noroshi.flows_rewritten AS noroshi.flows");
  execute("INSERT INTO noroshi.flows_rewritten SELECT * FROM noroshi.flows WHERE batch = 1");
  for (int times = 0; times < 2; ++times) ASSERT_TRUE(finish_rewriting(engine()));
  EXPECT_EQ(stored(), before);
  EXPECT_EQ(tables_beside(), 0u);
}

TEST_F(RewritingTest, OfNodesThatShareAnEngineOneHasItsTurn) {
  ASSERT_TRUE(history_->take_turn("tokyo-1"));
  if (!engine().is_shared()) {
    EXPECT_TRUE(history_->take_turn("osaka/2"));
    EXPECT_EQ(history_->has_turn("osaka/2"), false);
    return;
  }
  EXPECT_TRUE(history_->take_turn("tokyo-1"));
  EXPECT_EQ(history_->has_turn("tokyo-1"), true);
  EXPECT_EQ(history_->has_turn("osaka/2"), false);
  const auto refused = history_->take_turn("osaka/2");
  EXPECT_EQ(refused.error().code, ErrorCode::kPermission);
  EXPECT_THAT(refused.error().message, HasSubstr("node 'tokyo-1' is looking after"));
  ASSERT_TRUE(history_->give_turn());
  EXPECT_EQ(history_->has_turn("tokyo-1"), false);
  const std::string long_name(100, 'n');
  ASSERT_TRUE(history_->take_turn(long_name));
  EXPECT_EQ(history_->has_turn(long_name), true);
  ASSERT_TRUE(history_->give_turn());
}

}  // namespace
}  // namespace noroshi
