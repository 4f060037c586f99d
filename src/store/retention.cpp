#include "store/retention.h"

#include <algorithm>
#include <utility>

#include "store/history.h"

namespace noroshi {
namespace {

/// Partitions still there, oldest first, and what they take.
class Remaining {
 public:
  Remaining(std::vector<Partition> partitions, std::uint64_t now_hour)
      : partitions_(std::move(partitions)), now_hour_(now_hour) {
    std::stable_sort(partitions_.begin(), partitions_.end(),
                     [](const Partition& a, const Partition& b) {
                       return std::pair(a.end, a.begin) < std::pair(b.end, b.begin);
                     });
  }

  [[nodiscard]] std::uint64_t bytes() const { return bytes_of({}); }
  /// Of one table; of all for an empty name.
  [[nodiscard]] std::uint64_t bytes_of(std::string_view table) const {
    std::uint64_t bytes = 0;
    for (const auto& partition : partitions_)
      if (table.empty() || partition.table == table) bytes += partition.bytes;
    return bytes;
  }
  /// Takes out the oldest that has ended and that `goes` agrees to.
  template <typename Goes>
  [[nodiscard]] std::optional<Partition> take_oldest(const Goes& goes) {
    const auto found = std::find_if(
        partitions_.begin(), partitions_.end(),
        [&](const Partition& partition) { return partition.end <= now_hour_ && goes(partition); });
    if (found == partitions_.end()) return std::nullopt;
    auto partition = std::move(*found);
    partitions_.erase(found);
    return partition;
  }

 private:
  std::vector<Partition> partitions_;
  std::uint64_t now_hour_;
};

bool too_full(const RetentionLimits& limits, const std::optional<DiskState>& disk,
              std::uint64_t freed) {
  return disk && limits.least_free > 0 && disk->free + freed < limits.least_free;
}

std::vector<Drop> drops_of(const std::vector<Partition>& partitions, const RetentionLimits& limits,
                           const std::optional<DiskState>& disk, Timestamp now,
                           const IsHeld& is_held) {
  const auto now_hour = History::hour_of(to_unix_milliseconds(now));
  Remaining remaining(partitions, now_hour);
  std::vector<Drop> drops;
  std::uint64_t freed = 0;
  const auto drop_oldest = [&](DropReason reason, const auto& goes, bool held = false) {
    auto partition = remaining.take_oldest([&](const Partition& candidate) {
      return goes(candidate) && (is_held && is_held(candidate)) == held;
    });
    if (!partition) return false;
    freed += partition->bytes;
    drops.push_back({std::move(*partition), reason, held});
    return true;
  };
  const auto any = [](const Partition&) { return true; };

  for (const auto& [name, table] : limits.tables) {
    // The names again, because clang 14 lets no lambda see those of a structured binding.
    const auto is_old = [&name = name, &table = table, now_hour](const Partition& partition) {
      return partition.table == name && partition.end + table.hours <= now_hour;
    };
    while (table.hours > 0 && drop_oldest(DropReason::kAge, is_old)) {
    }
    const auto is_of_table = [&name = name](const Partition& partition) {
      return partition.table == name;
    };
    while (table.bytes > 0 && remaining.bytes_of(name) > table.bytes &&
           drop_oldest(DropReason::kTableSize, is_of_table)) {
    }
  }
  const auto most_bytes = most_bytes_of(limits, disk);
  while (remaining.bytes() > most_bytes && drop_oldest(DropReason::kTotalSize, any)) {
  }
  while (too_full(limits, disk, freed) && drop_oldest(DropReason::kDiskFull, any)) {
  }
  while (too_full(limits, disk, freed) && drop_oldest(DropReason::kDiskFull, any, true)) {
  }
  return drops;
}

}  // namespace

std::uint64_t most_bytes_of(const RetentionLimits& limits, const std::optional<DiskState>& disk) {
  auto most = limits.most_bytes == 0 ? UINT64_MAX : limits.most_bytes;
  if (limits.most_share > 0 && disk)
    most = std::min(most, static_cast<std::uint64_t>(static_cast<double>(disk->size) *
                                                     std::min(limits.most_share, 1.0)));
  return most;
}

std::string_view name_of(DropReason reason) {
  switch (reason) {
    case DropReason::kAge:
      return "age";
    case DropReason::kTableSize:
      return "table size";
    case DropReason::kTotalSize:
      return "total size";
    case DropReason::kDiskFull:
      return "disk full";
  }
  return "";
}

DropPlan plan_drops(const std::vector<Partition>& partitions, const RetentionLimits& limits,
                    const std::optional<DiskState>& disk, Timestamp now, const IsHeld& is_held) {
  DropPlan plan;
  plan.drops = drops_of(partitions, limits, disk, now, is_held);
  if (!is_held) return plan;
  const auto goes = [&](const Partition& partition) {
    return std::ranges::find(plan.drops, partition, &Drop::partition) != plan.drops.end();
  };
  for (auto& drop : drops_of(partitions, limits, disk, now, {}))
    if (is_held(drop.partition) && !goes(drop.partition))
      plan.kept.push_back(std::move(drop.partition));
  return plan;
}

std::uint64_t RetentionReport::bytes() const {
  std::uint64_t bytes = 0;
  for (const auto& drop : dropped) bytes += drop.partition.bytes;
  return bytes;
}

Retention::Retention(RetentionLimits limits, Dependencies dependencies)
    : limits_(std::move(limits)), dependencies_(std::move(dependencies)) {}

Result<RetentionReport> Retention::apply(Timestamp now) {
  const auto partitions = TRY(dependencies_.history.partitions());
  const auto disk = dependencies_.disk();
  RetentionReport report;
  std::uint64_t bytes = 0;
  for (const auto& partition : partitions) bytes += partition.bytes;
  auto plan = plan_drops(partitions, limits_, disk, now, dependencies_.is_held);
  report.kept = std::move(plan.kept);
  for (auto& drop : plan.drops) {
    if (dependencies_.before) TRY(dependencies_.before(drop));
    const auto outcome = dependencies_.history.drop(drop.partition);
    if (dependencies_.after) dependencies_.after(drop, outcome);
    if (!outcome) return tl::unexpected(outcome.error());
    report.dropped.push_back(std::move(drop));
  }
  report.still_too_full = bytes - report.bytes() > most_bytes_of(limits_, disk) ||
                          too_full(limits_, disk, report.bytes());
  return report;
}

}  // namespace noroshi
