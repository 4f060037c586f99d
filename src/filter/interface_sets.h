#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "filter/condition.h"
#include "filter/named_interface.h"

namespace noroshi {

/// Exporters that have the same of their interfaces in it. An interface is nobody's without its
/// exporter: number 3 of one router has nothing to do with number 3 of another.
struct InterfaceSet {
  std::vector<Prefix> exporters;
  std::vector<std::uint64_t> indexes;  ///< sorted, each once
};

/// The interfaces in as few sets as they allow.
[[nodiscard]] std::vector<InterfaceSet> sets_of(std::span<const NamedInterface* const> interfaces);
/// How many values a condition on these holds.
[[nodiscard]] std::size_t values_in(std::span<const InterfaceSet> sets);

/// The row is of one of the exporters, and `column`, an interface, is one of theirs. `sets` is not
/// empty.
[[nodiscard]] Condition interface_in(Number column, std::span<const InterfaceSet> sets);
/// The row is of any of the exporters.
[[nodiscard]] Condition exporter_of(std::span<const InterfaceSet> sets);

}  // namespace noroshi
