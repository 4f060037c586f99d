#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "summarise/large_memory.h"

namespace noroshi {

/// Finds the slot of a record by the hash of its key, where the records themselves lie elsewhere:
/// eight bytes an entry, so that looking one up touches one cache line here and the record.
///
/// Linear probing, at most five eighths full. Of the hash the upper 32 bits are kept; whether a
/// record is the one that was meant, the caller says, so that equal hashes never matter.
/// Prefetching changes nothing but the time the calls after it take. Not thread-safe.
class SlotIndex {
 public:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  SlotIndex() : entries_(kLeastCapacity) {}

  [[nodiscard]] std::size_t size() const { return size_; }

  /// Asks for the memory that finding this hash begins with.
  void prefetch(std::uint64_t hash) const { __builtin_prefetch(&entries_[position(tag_of(hash))]); }
  /// The first slot entered under that hash, which is nearly always the one that find() will
  /// return, or kNone: for prefetching the record.
  [[nodiscard]] std::uint32_t guess(std::uint64_t hash) const {
    return find(hash, [](std::uint32_t /*slot*/) { return true; });
  }
  /// The slot entered under that hash for which `is_meant(slot)` holds, or kNone.
  template <typename IsMeant>
  [[nodiscard]] std::uint32_t find(std::uint64_t hash, IsMeant&& is_meant) const {
    const auto tag = tag_of(hash);
    for (auto at = position(tag);; at = next(at)) {
      const auto& entry = entries_[at];
      if (entry.slot == kNone) return kNone;
      if (entry.tag == tag && is_meant(entry.slot)) return entry.slot;
    }
  }

  /// Enters a slot that is not there yet; never kNone.
  void insert(std::uint64_t hash, std::uint32_t slot) {
    if ((size_ + 1) * 8 > entries_.size() * 5)
      rebuild(entries_.size() * 2, [](std::uint32_t /*slot*/) { return true; });
    place({tag_of(hash), slot});
    ++size_;
  }
  /// Takes out the slots for which `goes(slot)` holds, in one pass over all.
  template <typename Goes>
  void erase_if(Goes&& goes) {
    rebuild(entries_.size(), [&](std::uint32_t slot) { return !goes(slot); });
  }
  void clear() { *this = {}; }

 private:
  struct Entry {
    std::uint32_t tag = 0;
    std::uint32_t slot = kNone;
  };
  static constexpr std::size_t kLeastCapacity = 1024;

  static std::uint32_t tag_of(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 32); }
  /// By the upper bits of the tag, so that a larger table keeps the order of a smaller one and
  /// rebuilding walks through memory.
  [[nodiscard]] std::size_t position(std::uint32_t tag) const {
    return static_cast<std::size_t>((std::uint64_t{tag} * entries_.size()) >> 32);
  }
  [[nodiscard]] std::size_t next(std::size_t at) const {
    return at + 1 == entries_.size() ? 0 : at + 1;
  }
  void place(const Entry& entry) {
    auto at = position(entry.tag);
    while (entries_[at].slot != kNone) at = next(at);
    entries_[at] = entry;
  }
  template <typename Stays>
  void rebuild(std::size_t capacity, Stays&& stays) {
    const auto before = std::exchange(entries_, Entries(capacity));
    size_ = 0;
    for (const auto& entry : before) {
      if (entry.slot == kNone || !stays(entry.slot)) continue;
      place(entry);
      ++size_;
    }
  }

  using Entries = std::vector<Entry, LargeMemoryAllocator<Entry>>;
  Entries entries_;
  std::size_t size_ = 0;
};

}  // namespace noroshi
