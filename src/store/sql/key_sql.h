#pragma once

#include <cstddef>
#include <cstdint>

#include "base/byte_reader.h"
#include "question/question.h"
#include "store/sql/statement.h"

namespace noroshi {

/// From where a row is seen: either-side elements mean another column from each.
enum class FlowSide : std::uint8_t { kSource, kDestination };

/// What a key is in SQL: one column, or for the network of an address two, the halves of its 16
/// bytes as little-endian numbers. Engines that have 128-bit numbers group by those, which costs
/// them less.
class KeySql {
 public:
  /// `engine_version` as Engine::version.
  KeySql(const Key& key, std::uint32_t engine_version)
      : key_(key), wide_numbers_(engine_version >= kWideNumbersSince) {}

  /// True where a row has the element twice, once on each side.
  [[nodiscard]] bool has_sides() const;
  [[nodiscard]] std::size_t columns() const { return is_network() ? 2 : 1; }
  /// One of the key's columns over a row of "flows", seen from one side.
  [[nodiscard]] Statement expression(FlowSide side, std::size_t column_number) const;
  /// Octets of the key's columns in RowBinary.
  [[nodiscard]] std::size_t octets() const;
  [[nodiscard]] KeyValue read(ByteReader& row) const;

 private:
  [[nodiscard]] bool is_network() const;

  static constexpr std::uint32_t kWideNumbersSince = 21'008;

  Key key_;
  bool wide_numbers_;
};

}  // namespace noroshi
