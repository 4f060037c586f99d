#include "store/spool.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <fstream>

#include "base/folder_for_test.h"
#include "store/flow_frame.h"
#include "store/flows_for_test.h"
#include "store/spool_record.h"

namespace noroshi {
namespace {

using for_test::Folder;

std::unique_ptr<Spool> open(const Folder& folder, Spool::Config config = {}) {
  config.folder = folder.path() / "spool";
  auto spool = Spool::open(std::move(config));
  EXPECT_TRUE(spool.has_value()) << (spool ? "" : spool.error().message);
  return spool ? std::move(*spool) : nullptr;
}

Spool::Appended append(Spool& spool, BatchId batch, const FlowBatch& flows,
                       std::uint32_t shard = 0) {
  const Spool::Item item{batch, 7, shard, false, &flows};
  return spool.append({&item, 1});
}

std::vector<BatchId> waiting(const Spool& spool) {
  std::vector<BatchId> batches;
  for (auto at = spool.next(0); at; at = spool.next(at->sequence)) batches.push_back(at->batch);
  return batches;
}

std::filesystem::path only_segment(const Folder& folder) {
  std::filesystem::path found;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path() / "spool"))
    if (entry.path().extension() == ".spool") found = entry.path();
  return found;
}

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(Spool, GivesBackWhatItTookInThatOrder) {
  const Folder folder;
  const auto spool = open(folder);
  for (BatchId batch = 1; batch <= 3; ++batch)
    ASSERT_EQ(append(*spool, batch, for_test::rows(7, batch * 100, batch)).count, 1u);
  EXPECT_EQ(waiting(*spool), (std::vector<BatchId>{1, 2, 3}));
  const auto first = spool->next(0);
  EXPECT_EQ(first->hour, 7u);
  EXPECT_EQ(first->rows, 1u);
  EXPECT_FALSE(first->unclear);
  const auto second = spool->next(first->sequence);
  const auto flows = spool->read(second->sequence);
  ASSERT_TRUE(flows);
  EXPECT_EQ(for_test::numbers(*flows), (std::multiset<std::uint64_t>{200, 201}));
}

TEST(Spool, SurvivesARestartAndThenKnowsNoFate) {
  const Folder folder;
  {
    const auto spool = open(folder);
    ASSERT_EQ(append(*spool, 1, for_test::rows(7, 1, 4), 2).count, 1u);
    ASSERT_EQ(append(*spool, 2, for_test::rows(7, 10, 4)).count, 1u);
    ASSERT_EQ(append(*spool, 3, for_test::rows(7, 20, 4)).count, 1u);
    spool->done(spool->next(spool->next(0)->sequence)->sequence);
    ASSERT_TRUE(spool->move_to(spool->next(0)->sequence, 5));
  }
  const auto spool = open(folder);
  EXPECT_EQ(waiting(*spool), (std::vector<BatchId>{1, 3}));
  EXPECT_TRUE(spool->next(0)->unclear);
  EXPECT_EQ(spool->next(0)->shard, 5u);
  EXPECT_EQ(spool->statistics().flows, 8u);
  EXPECT_EQ(spool->statistics().torn, 0u);
}

TEST(Spool, TakesNoDiskWhenAllIsDone) {
  const Folder folder;
  const auto spool = open(folder);
  for (BatchId batch = 1; batch <= 3; ++batch)
    ASSERT_EQ(append(*spool, batch, for_test::rows(7, batch * 100, 10)).count, 1u);
  EXPECT_GT(spool->statistics().bytes, 0u);
  while (const auto first = spool->next(0)) spool->done(first->sequence);
  EXPECT_EQ(spool->statistics().bytes, 0u);
  EXPECT_EQ(spool->statistics().records, 0u);
  EXPECT_TRUE(only_segment(folder).empty());
}

TEST(Spool, RefusesWhatIsBeyondItsLimitAndTakesMoreWhenSomethingLeft) {
  const Folder folder;
  const auto flows = for_test::rows(7, 1, 100);
  const auto size = kSpoolRecordHeader + encode_frame(flows).size();
  const auto spool = open(
      folder, {.most_bytes = 2 * kSpoolFileHeader + 3 * size, .segment_bytes = 1});  // one each
  const std::vector<Spool::Item> items(4, Spool::Item{9, 7, 0, false, &flows});
  const auto appended = spool->append(std::span(items).first(2));
  EXPECT_EQ(appended.count, 2u);
  const auto beyond = spool->append(items);
  EXPECT_EQ(beyond.count, 0u + (spool->statistics().records - 2));
  ASSERT_FALSE(beyond.status);
  EXPECT_EQ(beyond.status.error().code, ErrorCode::kLimit);
  EXPECT_LE(spool->statistics().bytes, spool->statistics().most_bytes);
  while (const auto first = spool->next(0)) spool->done(first->sequence);
  EXPECT_EQ(append(*spool, 10, flows).count, 1u);
}

TEST(Spool, CountsRecordsAgainstTheirOwnLimit) {
  const Folder folder;
  const auto spool = open(folder, {.most_records = 1});
  EXPECT_EQ(append(*spool, 1, for_test::rows(7, 1, 1)).count, 1u);
  const auto beyond = append(*spool, 2, for_test::rows(7, 2, 1));
  EXPECT_EQ(beyond.count, 0u);
  ASSERT_FALSE(beyond.status);
  EXPECT_EQ(beyond.status.error().code, ErrorCode::kLimit);
}

TEST(Spool, BelongsToOneProgramAtATime) {
  const Folder folder;
  const auto spool = open(folder);
  const auto second = Spool::open({.folder = folder.path() / "spool"});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kUnavailable);
}

TEST(Spool, LeavesFilesAloneThatAreNotItsOwn) {
  const Folder folder;
  std::filesystem::create_directories(folder.path() / "spool");
  std::ofstream(folder.path() / "spool" / "notes.txt") << "mine";
  const auto spool = open(folder);
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "spool" / "notes.txt"));
}

RC_GTEST_PROP(Spool, DropsOnlyTheRecordsThatATornEndTouches, ()) {
  const Folder folder;
  std::vector<std::uint64_t> ends;
  {
    const auto spool = open(folder);
    for (BatchId batch = 1; batch <= 4; ++batch) {
      RC_ASSERT(append(*spool, batch, for_test::rows(7, batch * 100, 20)).count == 1u);
      ends.push_back(spool->statistics().bytes);
    }
  }
  const auto path = only_segment(folder);
  const auto written = contents(path);
  // The file's own header is on disk before the first record is written.
  const auto keep = *rc::gen::inRange<std::uint64_t>(kSpoolFileHeader, written.size());
  std::filesystem::resize_file(path, keep);
  // What a crash leaves behind the last synced byte may also be zeros, or anything.
  const auto filler = *rc::gen::inRange<std::uint64_t>(0, written.size());
  const auto value = *rc::gen::element('\0', 'x');
  std::ofstream(path, std::ios::app | std::ios::binary) << std::string(filler, value);
  const auto found = contents(path);

  const auto spool = open(folder);
  std::vector<BatchId> whole;
  for (BatchId batch = 1; batch <= 4; ++batch)
    if (found.substr(0, ends[batch - 1]) == written.substr(0, ends[batch - 1]))
      whole.push_back(batch);
  RC_ASSERT(waiting(*spool) == whole);
  for (auto at = spool->next(0); at; at = spool->next(at->sequence))
    RC_ASSERT(spool->read(at->sequence).has_value());
}

TEST(Spool, CountsWhatTheDiskDidNotKeepAndGoesOn) {
  const Folder folder;
  {
    const auto spool = open(folder, {.most_bytes = 200'000, .segment_bytes = 1});
    ASSERT_EQ(append(*spool, 1, for_test::rows(7, 1, 20)).count, 1u);
  }
  const auto path = only_segment(folder);
  {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(-1, std::ios::end);
    file.put('\x7f');
  }
  {
    // A later segment, so that the damaged one is no longer the last.
    std::filesystem::copy_file(path, folder.path() / "spool" / "0000000000000009.spool");
    const auto spool = open(folder);
    EXPECT_EQ(spool->statistics().torn, 1u);
    const auto first = spool->next(0);
    ASSERT_TRUE(first);
    const auto flows = spool->read(first->sequence);
    ASSERT_FALSE(flows);
    EXPECT_EQ(flows.error().code, ErrorCode::kMalformed);
    EXPECT_EQ(spool->statistics().damaged, 1u);
    EXPECT_EQ(spool->statistics().damaged_flows, 20u);
    EXPECT_FALSE(spool->next(0));
  }
}

TEST(Spool, TakesASegmentThatWasOnlyBeingMadeAsEmpty) {
  for (const auto& begun : {std::string(), std::string("FSP"), std::string(8, '\0')}) {
    const Folder folder;
    std::filesystem::create_directories(folder.path() / "spool");
    std::ofstream(folder.path() / "spool" / "0000000000000001.spool", std::ios::binary) << begun;
    const auto spool = open(folder);
    ASSERT_TRUE(spool);
    EXPECT_FALSE(spool->next(0));
    EXPECT_EQ(append(*spool, 1, for_test::rows(7, 1, 1)).count, 1u);
  }
}

TEST(Spool, RefusesASegmentOfANewerNoroshi) {
  const Folder folder;
  std::filesystem::create_directories(folder.path() / "spool");
  std::ofstream(folder.path() / "spool" / "0000000000000001.spool", std::ios::binary)
      << std::string("FSPL\2\0\0\0", 8);
  const auto spool = Spool::open({.folder = folder.path() / "spool"});
  ASSERT_FALSE(spool);
  EXPECT_EQ(spool.error().code, ErrorCode::kUnsupported);
}

TEST(SpoolRecord, IsDamagedInTheMiddleWithoutHidingTheNext) {
  std::vector<std::byte> segment;
  const auto put = [&](auto bytes) { segment.insert(segment.end(), bytes.begin(), bytes.end()); };
  put(spool_file_header());
  for (BatchId batch = 1; batch <= 2; ++batch) {
    const auto frame = encode_frame(for_test::rows(7, batch, 5));
    put(spool_record_header({.batch = batch,
                             .rows = 5,
                             .length = static_cast<std::uint32_t>(frame.size()),
                             .checksum = spool_checksum(frame)}));
    put(frame);
  }
  segment[kSpoolFileHeader + kSpoolRecordHeader] ^= std::byte{1};
  const auto read = [&](std::uint64_t offset, std::span<std::byte> into) -> Result<std::size_t> {
    const auto length = std::min<std::size_t>(into.size(), segment.size() - offset);
    std::copy_n(segment.begin() + static_cast<std::ptrdiff_t>(offset), length, into.begin());
    return length;
  };
  const auto scan = scan_segment(read, segment.size(), true);
  ASSERT_TRUE(scan);
  ASSERT_EQ(scan->records.size(), 1u);
  EXPECT_EQ(scan->records[0].batch, 2u);
  EXPECT_EQ(scan->damaged, 1u);
  EXPECT_EQ(scan->damaged_rows, 5u);
}

}  // namespace
}  // namespace noroshi
