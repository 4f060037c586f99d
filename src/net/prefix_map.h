#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "net/prefix.h"

namespace noroshi {

/// Longest-prefix match from addresses to small numbers, built once and then only asked: for tables
/// of a million prefixes that every flow is looked up in.
///
/// The prefixes are flattened into disjoint ranges that cover the whole address space of a family;
/// the upper 16 bits of an address index where in the sorted ranges to search. Any number of
/// threads may ask at once.
class PrefixMap {
 public:
  struct Entry {
    Prefix prefix;
    std::uint32_t value = 0;
  };
  PrefixMap() = default;
  /// In any order; of equal prefixes the last one counts.
  explicit PrefixMap(std::vector<Entry> entries);

  /// The value of the longest prefix that contains the address, or `kNone`.
  [[nodiscard]] std::uint32_t find(const IpAddress& address) const {
    if (address.is_v4()) return v4_.find(address.v4());
    // Prefixes beyond /64 are rare: their ranges are told apart by the lower half.
    return v6_.find({address.high(), address.low()});
  }
  static constexpr std::uint32_t kNone = UINT32_MAX;

  [[nodiscard]] std::size_t ranges() const { return v4_.starts.size() + v6_.starts.size(); }

 private:
  struct Wide {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    friend auto operator<=>(const Wide&, const Wide&) = default;
  };
  static std::size_t bucket_of(std::uint32_t address) { return address >> 16; }
  static std::size_t bucket_of(const Wide& address) { return address.high >> 48; }

  template <typename Number>
  struct Ranges {
    /// Range i begins at starts[i] and ends before starts[i + 1].
    std::vector<Number> starts;
    std::vector<std::uint32_t> values;
    /// Of each upper 16 bits: the last range that begins at or before the first such address.
    std::vector<std::uint32_t> buckets;

    void index();
    [[nodiscard]] std::uint32_t find(const Number& address) const {
      if (buckets.empty()) return kNone;
      const auto bucket = bucket_of(address);
      std::size_t low = buckets[bucket];
      std::size_t high = buckets[bucket + 1] + std::size_t{1};
      while (high - low > 1) {
        const auto middle = (low + high) / 2;
        if (starts[middle] <= address)
          low = middle;
        else
          high = middle;
      }
      return values[low];
    }
  };

  template <typename Number>
  struct Span {
    Number first;
    Number last;
    std::uint32_t value;
  };
  template <typename Number>
  static Ranges<Number> flatten(const std::vector<Span<Number>>& spans);
  static std::optional<std::uint32_t> next_of(std::uint32_t address);
  static std::optional<Wide> next_of(const Wide& address);

  Ranges<std::uint32_t> v4_;
  Ranges<Wide> v6_;
};

}  // namespace noroshi
