#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <unordered_map>
#include <utility>

namespace noroshi {

/// A table of bounded size that forgets what has gone unused the longest.
///
/// Pointers to values stay valid until that value is removed or evicted. Not thread-safe.
template <typename Key, typename Value, typename Hash = std::hash<Key>>
class LruTable {
 public:
  using Entry = std::pair<const Key, Value>;

  explicit LruTable(std::size_t most, Hash hash = Hash())
      : most_(most == 0 ? 1 : most), index_(0, hash) {}

  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] bool full() const { return entries_.size() >= most_; }

  /// The value of `key`, which thereby becomes the most recently used; nullptr if there is none.
  [[nodiscard]] Value* find(const Key& key) {
    if (!entries_.empty() && entries_.front().first == key) return &entries_.front().second;
    const auto found = index_.find(key);
    if (found == index_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, found->second);
    return &found->second->second;
  }

  /// The least recently used entry; the table must not be empty.
  [[nodiscard]] Entry& oldest() { return entries_.back(); }
  void evict_oldest() {
    index_.erase(entries_.back().first);
    entries_.pop_back();
  }

  /// The least recently used entry for which `condition(key, value)` holds; nullptr if none does.
  template <typename Condition>
  [[nodiscard]] Entry* oldest_where(Condition condition) {
    for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry)
      if (condition(entry->first, std::as_const(entry->second))) return &*entry;
    return nullptr;
  }

  /// Adds `key`, which must not be there yet, as the most recently used. The caller has made room.
  Value& insert(const Key& key, Value value) {
    entries_.emplace_front(key, std::move(value));
    index_.emplace(key, entries_.begin());
    return entries_.front().second;
  }

  bool erase(const Key& key) {
    const auto found = index_.find(key);
    if (found == index_.end()) return false;
    entries_.erase(found->second);
    index_.erase(found);
    return true;
  }

  /// All entries, the most recently used first.
  [[nodiscard]] const std::list<Entry>& entries() const { return entries_; }

  /// Calls `visit(key, value)` for every entry, the most recently used first, and uses none
  /// thereby.
  template <typename Visit>
  void for_each(Visit visit) {
    for (auto& [key, value] : entries_) visit(key, value);
  }

  /// Removes every entry for which `condition(key, value)` holds; returns how many.
  template <typename Condition>
  std::size_t erase_if(Condition condition) {
    std::size_t erased = 0;
    for (auto entry = entries_.begin(); entry != entries_.end();) {
      if (!condition(entry->first, entry->second)) {
        ++entry;
        continue;
      }
      index_.erase(entry->first);
      entry = entries_.erase(entry);
      ++erased;
    }
    return erased;
  }

 private:
  std::size_t most_;
  std::list<Entry> entries_;  // most recently used first
  std::unordered_map<Key, typename std::list<Entry>::iterator, Hash> index_;
};

}  // namespace noroshi
