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
};

/// Engines from 20.1 on know every codec we use, and skip indexes; 18.16 knows neither.
inline constexpr std::uint32_t kCodecsSince = 20'001;
/// Servers before do not know the setting merge_selector_base.
inline constexpr std::uint32_t kMergeSelectorSince = 26'005;
inline constexpr std::uint32_t kSkipIndexesSince = 20'001;

/// CREATE TABLE IF NOT EXISTS for an engine of that version (Engine::version).
[[nodiscard]] Statement create_table(const StoredTable& table, std::uint32_t engine_version);

}  // namespace noroshi
