#pragma once

#include <cstdint>
#include <span>

#include "store/engine.h"
#include "store/sql/statement.h"

namespace noroshi {

struct StoredColumn {
  SqlWords name;
  StoredType type;
  /// What codes the column where the engine knows codecs (kCodecsSince): "Delta(8), ZSTD(1)".
  SqlWords codec;
};

/// A table of the history as it is created. Every table is a MergeTree.
struct StoredTable {
  SqlWords name;
  std::span<const StoredColumn> columns;
  SqlWords partition;  ///< expression of PARTITION BY
  SqlWords order;      ///< expression of ORDER BY
  SqlWords indexes;    ///< ", INDEX …" where the engine knows them (kSkipIndexesSince), or empty
  /// A partition holds so many hours since 1970 and is called by its number among those; 0 for a
  /// table that is not of hours.
  std::uint64_t hours_of_partition = 0;
  /// Settings of this table alone where the engine knows kMergeTreeSettings: ", name = …", or
  /// empty.
  SqlWords settings = "";
};

/// "UInt8" … "FixedString(16)".
[[nodiscard]] SqlWords name_of(StoredType type);

/// Engines from 20.1 on know every codec we use, and skip indexes; 18.16 knows neither.
inline constexpr std::uint32_t kCodecsSince = 20'001;
/// What every table is told, and the first engine that knows all of it.
/// - Parts are merged many at a time or not at all: the default selector rewrites every row several
///   times, which took more processor time than inserting it.
/// - No sketches of every column in every part: no question of ours reads them, and they were a
///   third of what merging costs.
/// - An insert is answered when its part is on the disk. A merge need not be: what it was made from
///   stays for minutes, and the kernel writes within one.
inline constexpr SqlWords kMergeTreeSettings =
    "merge_selector_base = 20, auto_statistics_types = '', fsync_after_insert = 1, "
    "fsync_part_directory = 1";
inline constexpr std::uint32_t kMergeTreeSettingsSince = 26'005;
inline constexpr std::uint32_t kSkipIndexesSince = 20'001;

/// CREATE TABLE IF NOT EXISTS for an engine of that version (Engine::version).
[[nodiscard]] Statement create_table(const StoredTable& table, std::uint32_t engine_version);
/// ALTER TABLE … MODIFY SETTING: kMergeTreeSettings for a table that was created without.
[[nodiscard]] Statement change_settings(const StoredTable& table);

}  // namespace noroshi
