#include <fmt/format.h>
#include <maxminddb.h>

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include "base/time.h"
#include "enrich/origins_builder.h"

// Door (in): the operator's own tables of AS numbers and countries. Guard: published data; checked
// by the library.

namespace noroshi {
namespace {

struct CloseMmdb {
  void operator()(MMDB_s* database) const {
    MMDB_close(database);
    delete database;
  }
};
using Database = std::unique_ptr<MMDB_s, CloseMmdb>;

Result<Database> open_mmdb(const std::string& path) {
  auto database = std::make_unique<MMDB_s>();
  const int status = MMDB_open(path.c_str(), MMDB_MODE_MMAP, database.get());
  if (status != MMDB_SUCCESS)
    return failure(ErrorCode::kMalformed, fmt::format("{}: {}", path, MMDB_strerror(status)));
  return Database(database.release());
}

/// IPv4 addresses lie below ::/96.
bool zeros_before(const std::array<std::byte, 16>& bits) {
  return std::all_of(bits.begin(), bits.begin() + 12,
                     [](std::byte b) { return b == std::byte{0}; });
}

Origin origin_of(MMDB_entry_s entry) {
  Origin origin;
  MMDB_entry_data_s data;
  if (MMDB_get_value(&entry, &data, "autonomous_system_number", nullptr) == MMDB_SUCCESS &&
      data.has_data && data.type == MMDB_DATA_TYPE_UINT32)
    origin.as = data.uint32;
  if (MMDB_get_value(&entry, &data, "country", "iso_code", nullptr) == MMDB_SUCCESS &&
      data.has_data && data.type == MMDB_DATA_TYPE_UTF8_STRING)
    origin.country = country_code({data.utf8_string, data.data_size});
  return origin;
}

}  // namespace

Result<std::shared_ptr<const Origins>> Origins::from_mmdb(const std::string& as_path,
                                                          const std::string& country_path) {
  auto origins = std::make_shared<Origins>();
  std::string description;
  for (const auto& path : {as_path, country_path}) {
    if (path.empty()) continue;
    const auto database = TRY(open_mmdb(path));
    const auto& metadata = database->metadata;
    Builder builder;

    // The search tree, walked by hand: a node is a bit, a record a node or an entry. These files
    // point from 2002::/16 and others at the IPv4 subtree again; it is walked below ::/96 alone.
    // Depth is bounded by the address length, and the steps by the number of nodes, so a file whose
    // nodes point in circles ends.
    struct Step {
      std::uint32_t node;
      int depth;
      std::array<std::byte, 16> bits;
    };
    const int address_bits = metadata.ip_version == 4 ? 32 : 128;
    std::vector<Step> steps{{0, 0, {}}};
    std::uint64_t visited = 0;
    while (!steps.empty() && !builder.full()) {
      const auto step = steps.back();
      steps.pop_back();
      if (++visited > std::uint64_t{metadata.node_count} + 1)
        return failure(ErrorCode::kMalformed, path + ": its search tree has a circle");
      MMDB_search_node_s node;
      if (MMDB_read_node(database.get(), step.node, &node) != MMDB_SUCCESS)
        return failure(ErrorCode::kMalformed, path + ": its search tree is damaged");
      const auto follow = [&](bool right, std::uint64_t record, std::uint8_t type,
                              MMDB_entry_s entry) {
        auto bits = step.bits;
        const auto at = static_cast<std::size_t>(step.depth + (address_bits == 32 ? 96 : 0));
        if (right) bits[at / 8] |= static_cast<std::byte>(0x80 >> at % 8);
        const bool zeros_so_far =
            std::all_of(bits.begin(), bits.end(), [](std::byte b) { return b == std::byte{0}; });
        const bool below_v4 = address_bits == 32 || (step.depth + 1 >= 96 && zeros_before(bits));
        if (type == MMDB_RECORD_TYPE_SEARCH_NODE && step.depth + 1 < address_bits) {
          const bool alias = address_bits == 128 &&
                             record == database->ipv4_start_node.node_value &&
                             !(zeros_so_far && step.depth + 1 == 96);
          if (alias) return;
          steps.push_back({static_cast<std::uint32_t>(record), step.depth + 1, bits});
        } else if (type == MMDB_RECORD_TYPE_DATA) {
          if (below_v4) bits[10] = bits[11] = std::byte{0xff};
          const int length = step.depth + 1 - (below_v4 && address_bits == 128 ? 96 : 0);
          builder.add(Prefix::of(IpAddress::from_bytes(bits), length), origin_of(entry));
        }
      };
      follow(false, node.left_record, node.left_record_type, node.left_record_entry);
      follow(true, node.right_record, node.right_record_type, node.right_record_entry);
    }
    if (!description.empty()) description += ", ";
    description +=
        fmt::format("{} of {}, {} networks", path,
                    to_rfc3339(Timestamp(std::chrono::seconds(metadata.build_epoch))).substr(0, 10),
                    builder.size());
    builder.add_to(*origins);
  }
  if (description.empty())
    return failure(ErrorCode::kInvalidArgument, "no MaxMind DB file is named");
  Builder::describe(*origins, std::move(description));
  return origins;
}

}  // namespace noroshi
