#include "store/sql/key_sql.h"

#include <algorithm>
#include <array>

#include "base/byte_order.h"

namespace noroshi {
namespace {

struct ElementColumns {
  SqlWords source;
  SqlWords destination;
  std::size_t octets;
};

ElementColumns columns_of(Element element) {
  const auto one = [](SqlWords column, std::size_t octets) {
    return ElementColumns{column, column, octets};
  };
  switch (element) {
    case Element::kSourceAddress:
      return one("source_address", 16);
    case Element::kDestinationAddress:
      return one("destination_address", 16);
    case Element::kAnyAddress:
      return {"source_address", "destination_address", 16};
    case Element::kSourcePort:
      return one("source_port", 2);
    case Element::kDestinationPort:
      return one("destination_port", 2);
    case Element::kAnyPort:
      return {"source_port", "destination_port", 2};
    case Element::kProtocol:
      return one("protocol", 1);
    case Element::kSourceAs:
      return one("source_as", 4);
    case Element::kDestinationAs:
      return one("destination_as", 4);
    case Element::kAnyAs:
      return {"source_as", "destination_as", 4};
    case Element::kInputInterface:
      return one("input_interface", 4);
    case Element::kOutputInterface:
      return one("output_interface", 4);
    case Element::kAnyInterface:
      return {"input_interface", "output_interface", 4};
    case Element::kVlan:
      return one("vlan", 2);
    case Element::kExporter:
      return one("exporter", 16);
    case Element::kNextHop:
      return one("next_hop", 16);
    case Element::kObservationDomain:
      return one("observation_domain_id", 4);
    case Element::kSourceCountry:
      return one("source_country", 2);
    case Element::kDestinationCountry:
      return one("destination_country", 2);
    case Element::kAnyCountry:
      return {"source_country", "destination_country", 2};
    case Element::kTcpFlags:
      return one("tcp_flags", 1);
    case Element::kSamplingRate:
      return one("sampling_rate", 4);
  }
  return one("protocol", 1);
}

/// The leftmost `bits` of 16 bytes, as SQL reads their halves: little-endian.
std::array<std::uint64_t, 2> masks_of(unsigned bits) {
  const auto half = [](unsigned count) {
    return count == 0 ? 0 : byte_swap(~std::uint64_t{0} << (64 - count));
  };
  return {half(std::min(bits, 64u)), half(bits > 64 ? std::min(bits - 64, 64u) : 0)};
}

void write_half(Statement& sql, SqlWords column, bool low, std::uint64_t v4, std::uint64_t v6) {
  sql << "bitAnd(reinterpretAsUInt64(substring(" << column << ", "
      << (low ? std::uint64_t{9} : std::uint64_t{1}) << ", 8)), ";
  if (v4 == v6)
    sql << v4;
  else
    sql << "if(" << column << " >= " << IpAddress::from_v4(0).marked() << " AND " << column
        << " <= " << IpAddress::from_v4(0xffff'ffff) << ", toUInt64(" << v4 << "), toUInt64(" << v6
        << "))";
  sql << ")";
}

}  // namespace

bool KeySql::is_network() const {
  return columns_of(key_.element).octets == 16 && (key_.v4_bits < 32 || key_.v6_bits < 128);
}

bool KeySql::has_sides() const {
  const auto both = columns_of(key_.element);
  return both.source.text() != both.destination.text();
}

std::size_t KeySql::octets() const { return columns_of(key_.element).octets; }

Statement KeySql::expression(FlowSide side, std::size_t column_number) const {
  const auto both = columns_of(key_.element);
  const auto column = side == FlowSide::kSource ? both.source : both.destination;
  Statement sql;
  if (!is_network()) {
    if (octets() == 16 && wide_numbers_) return sql << "reinterpretAsUInt128(" << column << ")";
    return sql << column;
  }
  const auto v4 = masks_of(96u + key_.v4_bits);
  const auto v6 = masks_of(key_.v6_bits);
  // The high half of a mapped address is zero whatever its mask.
  write_half(sql, column, column_number == 1, column_number == 1 ? v4[1] : v6[0],
             v6[column_number]);
  return sql;
}

KeyValue KeySql::read(ByteReader& row) const {
  switch (octets()) {
    case 1:
      return std::uint64_t{row.read_u8()};
    case 2:
      return std::uint64_t{row.read_u16_le()};
    case 4:
      return std::uint64_t{row.read_u32_le()};
    default:
      break;
  }
  std::array<std::byte, 16> bytes{};
  const auto read = row.read_bytes(bytes.size());
  std::copy(read.begin(), read.end(), bytes.begin());
  return IpAddress::from_bytes(bytes);
}

}  // namespace noroshi
