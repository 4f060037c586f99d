#include "net/prefix_map.h"

#include <algorithm>
#include <utility>

namespace noroshi {

PrefixMap::PrefixMap(std::vector<Entry> entries) {
  // Outer prefixes before the inner ones that begin at the same address: the order in which most
  // tables come already.
  const auto is_before = [](const Entry& a, const Entry& b) {
    if (const auto order = a.prefix.address() <=> b.prefix.address(); order != 0) return order < 0;
    return a.prefix.length() < b.prefix.length();
  };
  if (!std::is_sorted(entries.begin(), entries.end(), is_before))
    std::stable_sort(entries.begin(), entries.end(), is_before);
  std::vector<Span<std::uint32_t>> v4;
  std::vector<Span<Wide>> v6;
  const auto v4_entries = std::count_if(entries.begin(), entries.end(), [](const Entry& entry) {
    return entry.prefix.address().is_v4();
  });
  v4.reserve(static_cast<std::size_t>(v4_entries));
  v6.reserve(entries.size() - v4.capacity());
  for (const auto& [prefix, value] : entries) {
    const auto length = static_cast<unsigned>(prefix.length());
    if (prefix.address().is_v4()) {
      const auto first = prefix.address().v4();
      const auto host_bits = length == 0 ? UINT32_MAX : (std::uint32_t{1} << (32 - length)) - 1;
      v4.push_back({first, first | (length == 32 ? 0 : host_bits), value});
      continue;
    }
    const Wide first{prefix.address().high(), prefix.address().low()};
    Wide last = first;
    if (length < 64)
      last.high |= length == 0 ? UINT64_MAX : (std::uint64_t{1} << (64 - length)) - 1;
    if (length <= 64)
      last.low = UINT64_MAX;
    else if (length < 128)
      last.low |= (std::uint64_t{1} << (128 - length)) - 1;
    v6.push_back({first, last, value});
  }
  v4_ = flatten(v4);
  v6_ = flatten(v6);
}

std::optional<std::uint32_t> PrefixMap::next_of(std::uint32_t address) {
  if (address == UINT32_MAX) return std::nullopt;
  return address + 1;
}

std::optional<PrefixMap::Wide> PrefixMap::next_of(const Wide& address) {
  if (address.low != UINT64_MAX) return Wide{address.high, address.low + 1};
  if (address.high == UINT64_MAX) return std::nullopt;
  return Wide{address.high + 1, 0};
}

// Prefixes nest or are disjoint, so a stack of the open ones says what holds at each boundary.
template <typename Number>
PrefixMap::Ranges<Number> PrefixMap::flatten(const std::vector<Span<Number>>& spans) {
  Ranges<Number> ranges;
  if (spans.empty()) return ranges;
  const auto begin_range = [&](const Number& start, std::uint32_t value) {
    if (!ranges.starts.empty() && ranges.starts.back() == start) {
      ranges.values.back() = value;
      return;
    }
    ranges.starts.push_back(start);
    ranges.values.push_back(value);
  };
  begin_range(Number{}, kNone);
  std::vector<Span<Number>> open;
  const auto close_before = [&](const Number* next_start) {
    while (!open.empty() && (next_start == nullptr || open.back().last < *next_start)) {
      const auto after = next_of(open.back().last);
      open.pop_back();
      if (after) begin_range(*after, open.empty() ? kNone : open.back().value);
    }
  };
  for (const auto& span : spans) {
    close_before(&span.first);
    begin_range(span.first, span.value);
    open.push_back(span);
  }
  close_before(nullptr);
  ranges.index();
  return ranges;
}

template <typename Number>
void PrefixMap::Ranges<Number>::index() {
  constexpr std::size_t kBuckets = 1 << 16;
  buckets.assign(kBuckets + 1, static_cast<std::uint32_t>(starts.size() - 1));
  std::size_t range = 0;
  for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) {
    // The last range that begins in an earlier bucket, or with this one.
    while (range + 1 < starts.size() && bucket_of(starts[range + 1]) < bucket) ++range;
    buckets[bucket] = static_cast<std::uint32_t>(range);
  }
}

}  // namespace noroshi
