#include "record/fragment_table.h"

#include <algorithm>

namespace noroshi {

FragmentTable::FragmentTable(std::uint64_t seed) : seed_(seed), sets_(kSets) {}

bool FragmentTable::remember(const PacketHeaders& first, std::chrono::nanoseconds now) {
  const auto key = key_of(first);
  auto& set = sets_[set_of(key)];
  auto target =
      std::ranges::find_if(set, [&](const Entry& entry) { return entry.used && entry.key == key; });
  // Otherwise an unused entry, which is older than any other, or the oldest.
  if (target == set.end())
    target = std::ranges::min_element(set, {}, [](const Entry& entry) {
      return entry.used ? entry.seen : std::chrono::nanoseconds::min();
    });
  const bool forgot = alive(*target, now) && target->key != key;
  *target = {.key = key,
             .ports = {.source = first.source_port, .destination = first.destination_port},
             .seen = now,
             .used = true};
  return forgot;
}

std::optional<FragmentTable::Ports> FragmentTable::find(const PacketHeaders& later,
                                                        std::chrono::nanoseconds now) const {
  const auto key = key_of(later);
  for (const auto& entry : sets_[set_of(key)])
    if (alive(entry, now) && entry.key == key) return entry.ports;
  return std::nullopt;
}

FragmentTable::Key FragmentTable::key_of(const PacketHeaders& headers) {
  return {.source = headers.source_address,
          .destination = headers.destination_address,
          .fragment_id = headers.fragment_id,
          .vlan = headers.vlan,
          .protocol = headers.protocol};
}

std::size_t FragmentTable::set_of(const Key& key) const {
  std::uint64_t hash = seed_;
  for (const auto& address : {key.source, key.destination})
    hash = mix(mix(hash, address.high()), address.low());
  hash =
      mix(hash, std::uint64_t{key.fragment_id} << 32 | std::uint64_t{key.vlan} << 8 | key.protocol);
  return hash % kSets;
}

bool FragmentTable::alive(const Entry& entry, std::chrono::nanoseconds now) {
  // `now` may lie before `seen` only when the capture's clock was set back: the entry is then from
  // before that, and means nothing.
  return entry.used && now >= entry.seen && now - entry.seen < kLifetime;
}

}  // namespace noroshi
