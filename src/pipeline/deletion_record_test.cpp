#include "pipeline/deletion_record.h"

#include <gmock/gmock.h>

namespace noroshi {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint64_t kHour = 500'000;

Drop drop_of(DropReason reason, bool held = false) {
  return {{"flows", kHour, kHour, kHour + 1, 20'000, 123'456}, reason, held};
}

/// An audit that can be broken.
class Book {
 public:
  [[nodiscard]] DeletionRecord::Append append() {
    return [this](AuditEntry entry) -> Status {
      if (full) return failure(ErrorCode::kIo, "the disk is full");
      std::string line = entry.kind;
      for (const auto& [name, value] : entry.details)
        if (name != "table" && name != "from" && name != "to") line += " " + name + "=" + value;
      lines.push_back(line);
      return {};
    };
  }
  std::vector<std::string> lines;
  bool full = false;
};

TEST(DeletionRecord, SaysWhatGoesBeforeItGoesAndHowItWent) {
  Book book;
  DeletionRecord record(book.append());
  ASSERT_TRUE(record.before(drop_of(DropReason::kAge), {}));
  EXPECT_THAT(book.lines, ElementsAre("deleted act=begins bytes=123456 why=age"));
  record.after(drop_of(DropReason::kAge), {}, {});
  record.after(drop_of(DropReason::kTotalSize), {}, failure(ErrorCode::kIo, "gone"));
  EXPECT_THAT(book.lines, ElementsAre("deleted act=begins bytes=123456 why=age",
                                      "deleted act=done bytes=123456 why=age",
                                      "deleted act=failed bytes=123456 why=disk-share"));
}

TEST(DeletionRecord, NamesTheCasesWhoseDataHadToGo) {
  Book book;
  DeletionRecord record(book.append());
  const auto from = from_unix_milliseconds(kHour * 3'600'000);
  const HeldData held({{"C4", from, from + std::chrono::minutes(1)}});
  EXPECT_TRUE(is_held(held, drop_of(DropReason::kAge).partition));
  ASSERT_TRUE(record.before(drop_of(DropReason::kDiskFull, true), held));
  EXPECT_THAT(book.lines, ElementsAre("deleted act=begins bytes=123456 why=disk-free held_by=C4"));
}

TEST(DeletionRecord, NothingIsDroppedUnrecorded) {
  Book book;
  DeletionRecord record(book.append());
  book.full = true;
  const auto refused = record.before(drop_of(DropReason::kAge), {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message,
            "the audit cannot be written, so nothing is deleted: the disk is full");
  EXPECT_FALSE(record.before(drop_of(DropReason::kTotalSize), {}));
  EXPECT_EQ(record.waiting(), 0u);
}

TEST(DeletionRecord, WhatMakesRoomForTheAuditIsRecordedAsSoonAsThereIsRoom) {
  Book book;
  DeletionRecord record(book.append());
  book.full = true;
  ASSERT_TRUE(record.before(drop_of(DropReason::kDiskFull), {}));
  EXPECT_THAT(book.lines, IsEmpty());
  book.full = false;
  record.after(drop_of(DropReason::kDiskFull), {}, {});
  EXPECT_THAT(book.lines, ElementsAre("deleted act=begins bytes=123456 why=disk-free recorded=late",
                                      "deleted act=done bytes=123456 why=disk-free"));
  EXPECT_EQ(record.waiting(), 0u);
}

TEST(DeletionRecord, WhatWaitsIsBounded) {
  Book book;
  DeletionRecord record(book.append());
  book.full = true;
  std::size_t allowed = 0;
  while (allowed < 2 * DeletionRecord::kMostWaiting &&
         record.before(drop_of(DropReason::kDiskFull), {})) {
    record.after(drop_of(DropReason::kDiskFull), {}, {});
    ++allowed;
  }
  EXPECT_EQ(allowed, DeletionRecord::kMostWaiting / 2);
  EXPECT_EQ(record.waiting(), DeletionRecord::kMostWaiting);
}

}  // namespace
}  // namespace noroshi
