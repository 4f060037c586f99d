#include "question/group_table.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "net/ip_address.h"

namespace noroshi {
namespace {

constexpr std::size_t kFirstSlots = 1024;
constexpr std::size_t kSmallKeys = std::size_t{1} << 16;
constexpr std::uint64_t kTag = ~std::uint64_t{0} << 32;

template <std::size_t words>
bool same_key(const std::uint64_t* a, const std::uint64_t* b, std::size_t count) {
  if constexpr (words == 1) return a[0] == b[0];
  if constexpr (words == 2) return ((a[0] ^ b[0]) | (a[1] ^ b[1])) == 0;
  return std::equal(a, a + count, b);
}

}  // namespace

GroupTable::GroupTable(Config config) : config_(config), stride_(config.words + kSums) {
  CHECK(config_.most_groups < kNotGrouped);
  slots_.resize(config_.is_small ? kSmallKeys : kFirstSlots);
}

std::span<const std::uint32_t> GroupTable::add(const Selection& selection,
                                               std::span<const std::uint64_t> packed) {
  CHECK(packed.size() == selection.size() * config_.words);
  groups_.resize(selection.size());
  if (groups_.empty()) return groups_;
  // The rate of rows seen so far holds for all, or the sums need their own estimates from here on.
  if (size_ == 0) sampling_ = selection.sampling();
  if (sampling_ != Selection::Sampling::kMixed && selection.sampling() != sampling_) {
    const auto before = sampling_;
    sampled_.resize(size_);
    if (before == Selection::Sampling::kAllOne) {
      for (std::uint32_t group = 0; group < size_; ++group) {
        const auto* sums = entry(group) + config_.words;
        sampled_[group].packets = static_cast<double>(sums[kPackets]);
        sampled_[group].bytes = static_cast<double>(sums[kBytes]);
      }
    }
    sampling_ = Selection::Sampling::kMixed;
  }

  if (config_.is_small)
    find_small(packed);
  else if (config_.words == 0)
    std::ranges::fill(groups_, size_ == 0 ? open(packed.data()) : 0);
  else if (config_.words == 1)
    find<1>(packed);
  else if (config_.words == 2)
    find<2>(packed);
  else
    find<0>(packed);

  add_sums(selection);
  if (sampling_ == Selection::Sampling::kMixed) add_sampled(selection);
  return groups_;
}

std::uint64_t GroupTable::hash_of(const std::uint64_t* key) const {
  auto hash = config_.hash_seed;
  if (config_.words == 2) return mix(key[0] ^ hash, key[1]);
  for (std::size_t word = 0; word < config_.words; ++word) hash = mix(hash, key[word]);
  return hash;
}

/// The memory of a large table is far away: by asking for the slots, and then for the groups, of
/// some rows before looking at the first of them, their ways run side by side.
template <std::size_t words>
void GroupTable::find(std::span<const std::uint64_t> packed) {
  std::array<std::uint64_t, kLookAhead> hashes{};
  for (std::size_t begin = 0; begin < groups_.size(); begin += kLookAhead) {
    const auto count = std::min(kLookAhead, groups_.size() - begin);
    const auto* keys = packed.data() + begin * config_.words;
    make_room(size_ + count);
    const auto mask = slots_.size() - 1;
    for (std::size_t i = 0; i < count; ++i) {
      hashes[i] = hash_of(keys + i * config_.words);
      __builtin_prefetch(&slots_[hashes[i] & mask]);
    }
    for (std::size_t i = 0; i < count; ++i) {
      const auto slot = slots_[hashes[i] & mask];
      if (slot != 0) __builtin_prefetch(entry(static_cast<std::uint32_t>(slot) - 1), 1);
    }
    for (std::size_t i = 0; i < count; ++i)
      groups_[begin + i] = find_or_open<words>(keys + i * config_.words, hashes[i]);
  }
}

template <std::size_t words>
std::uint32_t GroupTable::find_or_open(const std::uint64_t* key, std::uint64_t hash) {
  const auto mask = slots_.size() - 1;
  for (auto at = hash & mask;; at = (at + 1) & mask) {
    auto& slot = slots_[at];
    if (slot == 0) {
      const auto group = open(key);
      if (group != kNotGrouped) slot = (hash & kTag) | (std::uint64_t{group} + 1);
      return group;
    }
    if (((slot ^ hash) & kTag) != 0) continue;
    const auto group = static_cast<std::uint32_t>(slot) - 1;
    if (same_key<words>(entry(group), key, config_.words)) return group;
  }
}

void GroupTable::find_small(std::span<const std::uint64_t> packed) {
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    auto& slot = slots_[packed[i]];
    if (slot == 0) {
      const auto group = open(&packed[i]);
      if (group == kNotGrouped) {
        groups_[i] = kNotGrouped;
        continue;
      }
      slot = std::uint64_t{group} + 1;
    }
    groups_[i] = static_cast<std::uint32_t>(slot) - 1;
  }
}

std::uint32_t GroupTable::open(const std::uint64_t* key) {
  if (size_ >= config_.most_groups) return kNotGrouped;
  if (size_ == chunks_.size() * kChunk) chunks_.emplace_back(kChunk * stride_);
  const auto group = size_++;
  std::copy_n(key, config_.words, writable_entry(group));
  if (sampling_ == Selection::Sampling::kMixed) sampled_.resize(size_);
  return group;
}

void GroupTable::make_room(std::size_t groups) {
  groups = std::min<std::size_t>(groups, config_.most_groups);
  if (groups * 4 <= slots_.size() * 3) return;
  slots_.assign(slots_.size() * 2, 0);
  const auto mask = slots_.size() - 1;
  for (std::uint32_t group = 0; group < size_; ++group) {
    const auto hash = hash_of(entry(group));
    auto at = hash & mask;
    while (slots_[at] != 0) at = (at + 1) & mask;
    slots_[at] = (hash & kTag) | (std::uint64_t{group} + 1);
  }
}

void GroupTable::add_sums(const Selection& selection) {
  const auto packets = selection.packets();
  const auto bytes = selection.bytes();
  const auto first = selection.first();
  const auto last = selection.last();
  const auto rate = selection.sampling_rate();
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    if (groups_[i] == kNotGrouped) {
      ++not_grouped_;
      continue;
    }
    auto* sums = writable_entry(groups_[i]) + config_.words;
    ++sums[kFlows];
    sums[kPackets] = saturating_sum(sums[kPackets], packets[i]);
    sums[kBytes] = saturating_sum(sums[kBytes], bytes[i]);
    // Zero, "not known", is the largest number less one: never the earliest.
    if (first[i] - 1 < sums[kFirst] - 1) sums[kFirst] = first[i];
    sums[kLast] = std::max(sums[kLast], last[i]);
    sums[kUnknownSampling] += rate[i] == 0 ? 1u : 0u;
  }
}

void GroupTable::add_sampled(const Selection& selection) {
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    const auto rate = selection.sampling_rate()[i];
    if (groups_[i] == kNotGrouped || rate == 0) continue;
    const auto count = estimate(selection.packets()[i], selection.bytes()[i], rate);
    auto& sampled = sampled_[groups_[i]];
    sampled.flows += rate > 1 ? 1u : 0u;
    sampled.packets += count.packets;
    sampled.bytes += count.bytes;
    sampled.packets_variance += count.packets_variance;
    sampled.bytes_variance += count.bytes_variance;
  }
}

Tally GroupTable::tally(std::uint32_t group) const {
  const auto* sums = entry(group) + config_.words;
  Tally tally;
  tally.flows = sums[kFlows];
  tally.packets = sums[kPackets];
  tally.bytes = sums[kBytes];
  tally.first = sums[kFirst];
  tally.last = sums[kLast];
  tally.flows_of_unknown_sampling = sums[kUnknownSampling];
  if (sampling_ == Selection::Sampling::kAllOne) {
    tally.estimated_packets = static_cast<double>(tally.packets);
    tally.estimated_bytes = static_cast<double>(tally.bytes);
  } else if (sampling_ == Selection::Sampling::kMixed) {
    const auto& sampled = sampled_[group];
    tally.sampled_flows = sampled.flows;
    tally.estimated_packets = sampled.packets;
    tally.estimated_bytes = sampled.bytes;
    tally.packets_variance = sampled.packets_variance;
    tally.bytes_variance = sampled.bytes_variance;
  }
  return tally;
}

}  // namespace noroshi
