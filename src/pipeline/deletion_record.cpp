#include "pipeline/deletion_record.h"

#include <utility>

namespace noroshi {
namespace {

Timestamp moment_of(std::uint64_t hour) { return from_unix_milliseconds(hour * 3'600'000); }

DeletionReason reason_of(DropReason reason) {
  switch (reason) {
    case DropReason::kAge:
      return DeletionReason::kAge;
    case DropReason::kTableSize:
      return DeletionReason::kTableSize;
    case DropReason::kTotalSize:
      return DeletionReason::kDiskShare;
    case DropReason::kDiskFull:
      return DeletionReason::kDiskFree;
  }
  return DeletionReason::kAge;
}

}  // namespace

Deletion deletion_of(const Drop& drop, const HeldData& held) {
  const auto& partition = drop.partition;
  Deletion deletion;
  deletion.table = partition.table;
  deletion.from = moment_of(partition.begin);
  deletion.to = moment_of(partition.end);
  deletion.rows = partition.rows;
  deletion.bytes = partition.bytes;
  deletion.why = name_of(reason_of(drop.reason));
  if (drop.held) deletion.cases = held.cases_of(deletion.table, deletion.from, deletion.to);
  return deletion;
}

bool is_held(const HeldData& held, const Partition& partition) {
  return held.holds(partition.table, moment_of(partition.begin), moment_of(partition.end));
}

Status DeletionRecord::catch_up() {
  while (!waiting_.empty()) {
    TRY(append_(waiting_.front()));
    waiting_.pop_front();
  }
  return {};
}

Status DeletionRecord::before(const Drop& drop, const HeldData& held) {
  const auto deletion = deletion_of(drop, held);
  auto written = catch_up();
  if (written) written = append_(entry_before(deletion));
  if (written) return {};
  if (drop.reason != DropReason::kDiskFull || waiting_.size() + 2 > kMostWaiting)
    return tl::unexpected(
        in_context("the audit cannot be written, so nothing is deleted", written.error()));
  waiting_.push_back(entry_before(deletion, true));
  return {};
}

void DeletionRecord::after(const Drop& drop, const HeldData& held, const Status& outcome) {
  waiting_.push_back(entry_after(deletion_of(drop, held), outcome.has_value()));
  // What cannot be written now waits for the next drop or pass.
  (void)catch_up();
}

}  // namespace noroshi
