#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "filter/named_interface.h"
#include "question/question.h"

namespace noroshi {

/// What interfaces are called, for the answers that show their numbers: the configured name, else
/// the announced one, else the announced description. Looked up when an answer is shown; nothing of
/// it is stored with flows.
class InterfaceLabels {
 public:
  InterfaceLabels() = default;
  explicit InterfaceLabels(std::span<const NamedInterface> interfaces);

  /// What the value of `keys[position]` in a row is called: one name where the row says whose
  /// interface it is, else the names that any exporter has for the number, each once, up to
  /// kMostNames. None for what is no interface, or has no name.
  [[nodiscard]] std::vector<std::string> of(std::span<const Key> keys,
                                            std::span<const KeyValue> row,
                                            std::size_t position) const;
  [[nodiscard]] std::vector<std::string> of(const IpAddress& exporter, std::uint64_t index) const;

  /// More are not shown: a number that is called so many things says nothing without its exporter.
  static constexpr std::size_t kMostNames = 4;

 private:
  [[nodiscard]] std::vector<std::string> of_any_exporter(std::uint64_t index) const;

  std::unordered_map<std::uint64_t, std::vector<NamedInterface>> by_index_;  // configured first
};

/// "3" with names as "3 (peer-a)", "3 (peer-a, xe-0/0/1)".
[[nodiscard]] std::string with_names(std::string value, std::span<const std::string> names);

}  // namespace noroshi
