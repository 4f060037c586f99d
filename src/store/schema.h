#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/engine.h"
#include "store/table.h"

namespace noroshi {

/// The schema this program writes and reads. Each version is one step from the one before; a step
/// that has been released is never changed.
inline constexpr std::uint32_t kSchemaVersion = 3;

/// Every table of the current schema.
[[nodiscard]] std::vector<const StoredTable*> stored_tables();

/// The statements of the step to `version` (1 … kSchemaVersion) on this engine. Each may be run
/// again: a step that was cut short is simply repeated.
[[nodiscard]] std::vector<std::string> schema_step(std::uint32_t version, const Engine& engine);

/// A shard that cannot be reached.
struct AwayShard {
  std::size_t shard;
  Error why;
};
/// Takes the steps that are missing on every shard, up to `version`, and returns the shards that
/// are away: those are for bring_shard_to(), once they are back. An engine of which a shard's
/// schema is newer is refused with kUnsupported and not touched.
Result<std::vector<AwayShard>> bring_schema_to(Engine& engine,
                                               std::uint32_t version = kSchemaVersion);
/// The same for one shard; kUnavailable where it is away.
Status bring_shard_to(Engine& engine, std::size_t shard, std::uint32_t version = kSchemaVersion);

/// The version of one shard's schema; 0 where there is none.
[[nodiscard]] Result<std::uint32_t> schema_version_of(Engine& engine, std::size_t shard);

}  // namespace noroshi
