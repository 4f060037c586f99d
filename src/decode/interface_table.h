#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "decode/lru_table.h"

namespace noroshi {

/// What an exporter calls one of its interfaces. Texts are UTF-8 without control characters, of at
/// most kLongestInterfaceText octets; at least one of the two is not empty.
struct InterfaceName {
  std::uint32_t index = 0;  ///< as flows have it: ifIndex (RFC 2863)
  std::uint64_t since = 0;  ///< when it was first called so, ms since 1970
  std::string name;         ///< interfaceName, element 82: "xe-0/0/1"
  std::string description;  ///< interfaceDescription, element 83: "Transit A, circuit 123"

  friend bool operator==(const InterfaceName&, const InterfaceName&) = default;
};
inline constexpr std::size_t kLongestInterfaceText = 128;

/// By index, ascending, each once.
using InterfaceNames = std::vector<InterfaceName>;

/// A text of an exporter fit to be kept and shown: up to the first zero octet, without spaces at
/// its ends, control characters and what is not UTF-8 as question marks, cut to whole characters.
[[nodiscard]] std::string readable_text(std::span<const std::byte> octets);

/// The interfaces that one exporter session has named. Bounded: beyond `most` the one announced the
/// longest ago gives way. Not thread-safe; what snapshot() returns may go to other threads.
class InterfaceTable {
 public:
  explicit InterfaceTable(std::size_t most) : names_(most) {}

  enum class Outcome : std::uint8_t {
    kKnown,    ///< called so already
    kLearnt,   ///< new, or called otherwise before
    kCrowded,  ///< learnt, and another one forgotten for it
  };
  /// `now` in ms since 1970. What is nullopt stays as it was: exporters that send name and
  /// description in records of their own lose neither.
  Outcome announce(std::uint32_t index, std::optional<std::string> name,
                   std::optional<std::string> description, std::uint64_t now);

  [[nodiscard]] std::size_t size() const { return names_.size(); }
  void clear();

  /// All of them; nullptr when there is none. The same object until something changes.
  [[nodiscard]] std::shared_ptr<const InterfaceNames> snapshot() const;

  /// Takes back what a snapshot held, up to the size of the table.
  void restore(const InterfaceNames& saved);

 private:
  LruTable<std::uint32_t, InterfaceName> names_;
  mutable std::shared_ptr<const InterfaceNames> snapshot_;  // nullptr: to be made
};

}  // namespace noroshi
