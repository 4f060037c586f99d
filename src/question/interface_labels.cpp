#include "question/interface_labels.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace noroshi {
namespace {

bool is_interface(Element element) {
  return element == Element::kInputInterface || element == Element::kOutputInterface ||
         element == Element::kAnyInterface;
}

const std::string& label_of(const NamedInterface& named) {
  return named.name.empty() ? named.description : named.name;
}

}  // namespace

InterfaceLabels::InterfaceLabels(std::span<const NamedInterface> interfaces) {
  for (const bool configured : {true, false})
    for (const auto& each : interfaces)
      if (each.configured == configured && !label_of(each).empty())
        by_index_[each.index].push_back(each);
}

std::vector<std::string> InterfaceLabels::of(const IpAddress& exporter, std::uint64_t index) const {
  const auto found = by_index_.find(index);
  if (found == by_index_.end()) return {};
  const auto own = std::ranges::find_if(
      found->second, [&](const NamedInterface& each) { return each.exporter.contains(exporter); });
  if (own == found->second.end()) return {};
  return {label_of(*own)};
}

std::vector<std::string> InterfaceLabels::of_any_exporter(std::uint64_t index) const {
  std::vector<std::string> names;
  const auto found = by_index_.find(index);
  if (found == by_index_.end()) return names;
  for (const auto& each : found->second) {
    if (names.size() == kMostNames) break;
    // Behind the configured name of the same interface the announced one is not shown.
    const auto shown = std::ranges::find_if(found->second, [&](const NamedInterface& other) {
      return other.exporter.contains(each.exporter.address());
    });
    if (std::ranges::find(names, label_of(*shown)) == names.end())
      names.push_back(label_of(*shown));
  }
  return names;
}

std::vector<std::string> InterfaceLabels::of(std::span<const Key> keys,
                                             std::span<const KeyValue> row,
                                             std::size_t position) const {
  if (by_index_.empty() || !is_interface(keys[position].element)) return {};
  const auto index = std::get<std::uint64_t>(row[position]);
  const Key whole;
  for (std::size_t i = 0; i < keys.size(); ++i)
    if (keys[i].element == Element::kExporter && keys[i].v4_bits == whole.v4_bits &&
        keys[i].v6_bits == whole.v6_bits)
      return of(std::get<IpAddress>(row[i]), index);
  return of_any_exporter(index);
}

std::string with_names(std::string value, std::span<const std::string> names) {
  if (names.empty()) return value;
  return fmt::format("{} ({})", value, fmt::join(names, ", "));
}

}  // namespace noroshi
