#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace noroshi {

/// Remembers what was learnt lately, in memory of a fixed size taken with the first entry: an entry
/// lives for `lifetime`, or until kWays newer ones want its place. For knowledge that is worth
/// having and may be lost, such as the ports of a fragmented packet.
///
/// Hashes are the caller's, seeded with a number that outsiders do not know. Copies its values.
template <typename Key, typename Value>
class RecentMap {
 public:
  using Time = std::chrono::nanoseconds;

  RecentMap(std::size_t capacity, Time lifetime)
      : set_count_(std::max<std::size_t>(capacity / kWays, 1)), lifetime_(lifetime) {}

  /// True if another entry still alive had to be forgotten for this one.
  bool remember(std::uint64_t hash, const Key& key, const Value& value, Time now) {
    if (sets_.empty()) sets_.resize(set_count_);
    auto& set = sets_[hash % set_count_];
    auto target = std::ranges::find_if(
        set, [&](const Entry& entry) { return entry.used && entry.key == key; });
    // Otherwise an unused entry, which counts as older than any other, or the oldest.
    if (target == set.end())
      target = std::ranges::min_element(
          set, {}, [](const Entry& entry) { return entry.used ? entry.seen : Time::min(); });
    const bool forgot = alive(*target, now) && !(target->key == key);
    *target = {.key = key, .value = value, .seen = now, .used = true};
    return forgot;
  }

  [[nodiscard]] std::optional<Value> find(std::uint64_t hash, const Key& key, Time now) const {
    if (sets_.empty()) return std::nullopt;
    for (const auto& entry : sets_[hash % set_count_])
      if (alive(entry, now) && entry.key == key) return entry.value;
    return std::nullopt;
  }

 private:
  static constexpr std::size_t kWays = 4;
  struct Entry {
    Key key{};
    Value value{};
    Time seen{0};
    bool used = false;
  };

  [[nodiscard]] bool alive(const Entry& entry, Time now) const {
    // `now` lies before `seen` only when the clock was set back: the entry is then from another
    // time, and means nothing.
    return entry.used && now >= entry.seen && now - entry.seen < lifetime_;
  }

  std::size_t set_count_;
  Time lifetime_;
  std::vector<std::array<Entry, kWays>> sets_;
};

}  // namespace noroshi
