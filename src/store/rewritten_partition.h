#pragma once

#include <cstdint>
#include <functional>

#include "base/result.h"
#include "guard/clear_rows_question.h"
#include "guard/grant.h"
#include "store/engine.h"
#include "store/partition.h"

namespace noroshi {

/// What stands in the place of an address of traffic, in a row that belongs to an hour (key_hour()
/// of a flow, a contact's own): itself, where nothing is to change.
using AddressChange =
    std::function<Result<IpAddress>(const IpAddress& address, std::uint64_t hour)>;

/// Writes all rows of a partition of "flows" or "contacts" anew, their addresses changed and
/// everything else as it was, and puts them in the place of the old ones: shard by shard, each at
/// once. Ended at any moment, a shard has either the old rows or the new ones, and nothing else is
/// read; called again it begins anew. kUnavailable, and nothing is changed, where rows came into
/// the partition meanwhile.
///
/// Hands every address of the partition to `change`: for the guard's own purpose alone.
Status rewrite_partition(Engine& engine, const Granted<ClearRowsQuestion>& granted,
                         const Partition& partition, const AddressChange& change);

}  // namespace noroshi
