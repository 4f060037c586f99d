#include "enrich/enricher.h"

#include <array>

namespace noroshi {
namespace {

/// The same few addresses come again and again: what was looked up lately, one entry a slot.
class RecentOrigins {
 public:
  explicit RecentOrigins(const Origins& origins) : origins_(origins) {}

  Origin find(const IpAddress& address) {
    auto& slot = slots_[std::hash<IpAddress>()(address) % kSlots];
    if (slot.address != address || !slot.filled) slot = {address, origins_.find(address), true};
    return slot.origin;
  }

 private:
  static constexpr std::size_t kSlots = 2048;
  struct Slot {
    IpAddress address;
    Origin origin;
    bool filled = false;
  };
  const Origins& origins_;
  std::array<Slot, kSlots> slots_{};
};

void fill(std::span<const IpAddress> addresses, std::span<std::uint32_t> as,
          std::span<std::uint16_t> country, RecentOrigins& recent) {
  for (std::size_t row = 0; row < addresses.size(); ++row) {
    const auto origin = recent.find(addresses[row]);
    // What the exporter says of its own routing table is nearer the truth than a database.
    if (as[row] == 0) as[row] = origin.as;
    country[row] = origin.country;
  }
}

}  // namespace

void Enricher::enrich(FlowBatch& batch) const {
  const auto origins = origins_.load();
  if (!origins || batch.empty()) return;
  RecentOrigins recent(*origins);
  fill(batch.source_address(), batch.mutable_source_as(), batch.mutable_source_country(), recent);
  fill(batch.destination_address(), batch.mutable_destination_as(),
       batch.mutable_destination_country(), recent);
}

}  // namespace noroshi
