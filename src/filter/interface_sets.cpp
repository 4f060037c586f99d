#include "filter/interface_sets.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <tuple>
#include <utility>

namespace noroshi {
namespace {

bool is_before(const Prefix& left, const Prefix& right) {
  return std::make_tuple(left.address(), left.length()) <
         std::make_tuple(right.address(), right.length());
}

}  // namespace

std::vector<InterfaceSet> sets_of(std::span<const NamedInterface* const> interfaces) {
  std::vector<const NamedInterface*> sorted(interfaces.begin(), interfaces.end());
  std::ranges::sort(sorted, [](const NamedInterface* left, const NamedInterface* right) {
    if (left->exporter == right->exporter) return left->index < right->index;
    return is_before(left->exporter, right->exporter);
  });
  std::map<std::vector<std::uint64_t>, std::vector<Prefix>> by_indexes;
  for (auto begin = sorted.begin(); begin != sorted.end();) {
    const auto end = std::find_if(begin, sorted.end(), [&](const NamedInterface* each) {
      return each->exporter != (*begin)->exporter;
    });
    std::vector<std::uint64_t> indexes;
    for (auto each = begin; each != end; ++each)
      if (indexes.empty() || indexes.back() != (*each)->index) indexes.push_back((*each)->index);
    by_indexes[std::move(indexes)].push_back((*begin)->exporter);
    begin = end;
  }
  std::vector<InterfaceSet> sets;
  for (const auto& [indexes, exporters] : by_indexes) sets.push_back({exporters, indexes});
  return sets;
}

std::size_t values_in(std::span<const InterfaceSet> sets) {
  std::size_t values = 0;
  for (const auto& set : sets) values += set.exporters.size() + set.indexes.size();
  return values;
}

Condition interface_in(Number column, std::span<const InterfaceSet> sets) {
  AnyOf any;
  for (const auto& set : sets) {
    AllOf all;
    all.parts.push_back({AddressIn{AddressColumn::kExporter, set.exporters}});
    if (set.indexes.size() == 1)
      all.parts.push_back({NumberIs{column, Comparison::kEqual, set.indexes.front()}});
    else
      all.parts.push_back({NumberIn{column, set.indexes}});
    any.parts.push_back({std::move(all)});
  }
  if (any.parts.size() == 1) return std::move(any.parts.front());
  return {std::move(any)};
}

Condition exporter_of(std::span<const InterfaceSet> sets) {
  AddressIn in{AddressColumn::kExporter, {}};
  for (const auto& set : sets) std::ranges::copy(set.exporters, std::back_inserter(in.prefixes));
  return {std::move(in)};
}

}  // namespace noroshi
