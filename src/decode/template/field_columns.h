#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/byte_order.h"
#include "decode/template/program.h"
#include "net/ip_address.h"

// The inner loops of a run: one field of every record into one column. Callers have made sure that
// each record holds the field.
namespace noroshi {

/// Where one field lies in each record: records of one length, one after another …
struct Strided {
  const std::byte* base;
  std::size_t stride;
  [[nodiscard]] const std::byte* at(std::size_t record) const { return base + record * stride; }
};
/// … or records whose fields were located one by one.
struct Anchored {
  const std::byte* base;
  const std::uint16_t* anchors;
  std::size_t anchors_per_record;
  std::size_t offset;
  [[nodiscard]] const std::byte* at(std::size_t record) const {
    return base + anchors[record * anchors_per_record] + offset;
  }
};

/// Calls `use` with a function from a field's first octet to its value, once for the whole column.
template <typename Use>
void with_reader(std::size_t width, Use&& use) {
  const auto odd = [width](const std::byte* source) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < width; ++i)
      value = value << 8 | std::to_integer<std::uint64_t>(source[i]);
    return value;
  };
  const auto wide = [width](const std::byte* source) {
    return load_big_endian<std::uint64_t>(source + width - 8);
  };
  switch (width) {
    case 1:
      return use([](const std::byte* source) { return std::to_integer<std::uint8_t>(*source); });
    case 2:
      return use([](const std::byte* source) { return load_big_endian<std::uint16_t>(source); });
    case 4:
      return use([](const std::byte* source) { return load_big_endian<std::uint32_t>(source); });
    case 8:
      return use([](const std::byte* source) { return load_big_endian<std::uint64_t>(source); });
    default:
      return width < 8 ? use(odd) : use(wide);
  }
}

/// NTP seconds count from 1900. RFC 7011 asks for an NTP timestamp; exporters also send Unix
/// seconds with a fraction, and plain microseconds or nanoseconds since 1970. The upper half tells
/// them apart until NTP's seconds begin again in 2036: NTP seconds have been above 2^31 since 1968,
/// and a count of microseconds (nanoseconds) stays below 2^24 (10^9) there beyond the year 2100.
inline std::uint64_t from_ntp(std::uint64_t value, Encoding encoding) {
  constexpr std::uint64_t kUnixEpoch = 2'208'988'800;
  const auto seconds = value >> 32;
  const auto milliseconds = (value & 0xffff'ffff) * 1000 >> 32;
  if (seconds >= kUnixEpoch) return (seconds - kUnixEpoch) * 1000 + milliseconds;
  const bool nanoseconds = encoding == Encoding::kNanoseconds;
  if (seconds < (nanoseconds ? 1'000'000'000u : 1u << 24))
    return value / (nanoseconds ? 1'000'000 : 1000);
  return seconds * 1000 + milliseconds;
}

template <typename T, typename Source, typename Convert>
void write(std::span<T> column, Source source, const Instruction& instruction, Convert convert) {
  with_reader(instruction.width, [&](auto read) {
    switch (instruction.mode) {
      case Instruction::Mode::kSet:
        for (std::size_t i = 0; i < column.size(); ++i)
          column[i] = static_cast<T>(convert(read(source.at(i))));
        break;
      case Instruction::Mode::kFill:
        for (std::size_t i = 0; i < column.size(); ++i)
          if (const auto value = static_cast<T>(convert(read(source.at(i)))); value != 0)
            column[i] = value;
        break;
      case Instruction::Mode::kUnite:
        for (std::size_t i = 0; i < column.size(); ++i)
          column[i] = static_cast<T>(column[i] | static_cast<T>(convert(read(source.at(i)))));
        break;
    }
  });
}

/// As exported; where the template has both families, the one that is not zero. If neither is, IPv4
/// wins: it then is the inner packet behind a tunnel's IPv6 header (SRv6).
template <typename Source>
void write_address(std::span<IpAddress> column, Source source, const Instruction& instruction,
                   bool zero_is_none) {
  const bool fill = instruction.mode == Instruction::Mode::kFill;
  if (instruction.encoding == Encoding::kIpv6) {
    for (std::size_t i = 0; i < column.size(); ++i) {
      const auto address =
          IpAddress::from_bytes(std::span<const std::byte, 16>(source.at(i), std::size_t{16}));
      if (!fill || !address.is_none()) column[i] = address;
    }
    return;
  }
  for (std::size_t i = 0; i < column.size(); ++i) {
    const auto v4 = load_big_endian<std::uint32_t>(source.at(i));
    if (v4 == 0 && (fill || zero_is_none)) continue;
    column[i] = IpAddress::from_v4(v4);
  }
}

}  // namespace noroshi
