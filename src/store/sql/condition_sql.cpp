#include "store/sql/condition_sql.h"

#include <utility>
#include <variant>

#include "store/sql/row_terms.h"

namespace noroshi {
namespace {

// The column "duration" is last − first modulo 2⁶⁴; a row that ends before it begins has none.
#define NOROSHI_SQL_DURATION "if(duration > last, toUInt64(0), duration)"

SqlWords sign_of(Comparison comparison) {
  switch (comparison) {
    case Comparison::kEqual:
      return " = ";
    case Comparison::kLess:
      return " < ";
    case Comparison::kGreater:
      return " > ";
    case Comparison::kLessOrEqual:
      return " <= ";
    case Comparison::kGreaterOrEqual:
      return " >= ";
  }
  return " = ";
}

/// The first and the last address of a block.
std::pair<IpAddress, IpAddress> range_of(const Prefix& prefix) {
  const auto bits = prefix.length() + (prefix.address().is_of_v4() ? 96 : 0);
  auto last = prefix.address().bytes();
  for (int bit = bits; bit < 128; ++bit)
    last[static_cast<std::size_t>(bit) / 8] |= std::byte{0x80} >> (bit % 8);
  return {prefix.address(), IpAddress::from_bytes(last)};
}

class Writer {
 public:
  explicit Writer(Statement& sql) : sql_(sql) {}

  void write(const Condition& condition) {
    std::visit([this](const auto& node) { (*this)(node); }, condition.node);
  }

  void operator()(const Everything&) { sql_ << "1"; }

  void operator()(const NumberIs& node) {
    sql_ << "(" << expression_of(node.number) << sign_of(node.comparison) << node.value << ")";
  }

  void operator()(const NumberIn& node) {
    if (node.values.empty()) {
      sql_ << "0";
      return;
    }
    // Values that a narrow column cannot hold are compared as the numbers they are.
    sql_ << "(toUInt64(" << expression_of(node.number) << ") IN (";
    SqlList list(", ");
    for (const auto value : node.values) {
      list.next(sql_);
      sql_ << value;
    }
    sql_ << "))";
  }

  void operator()(const AddressIn& node) {
    const auto column = column_of(node.column);
    SqlList any(" OR ");
    sql_ << "(";
    bool single_ones = false;
    for (const auto& prefix : node.prefixes) {
      const auto [first, last] = range_of(prefix);
      if (first == last) {
        single_ones = true;
        continue;
      }
      any.next(sql_);
      sql_ << "(" << column << " >= " << first << " AND " << column << " <= " << last << ")";
    }
    if (single_ones) {
      any.next(sql_);
      sql_ << column << " IN (";
      SqlList list(", ");
      for (const auto& prefix : node.prefixes) {
        const auto [first, last] = range_of(prefix);
        if (first != last) continue;
        list.next(sql_);
        sql_ << first;
      }
      sql_ << ")";
    }
    if (any.empty()) sql_ << "0";
    sql_ << ")";
  }

  void operator()(const FlagsAre& node) {
    sql_ << "(protocol = 6 AND bitAnd(tcp_flags, " << std::uint64_t{node.mask}
         << ") = " << std::uint64_t{node.value} << ")";
  }

  void operator()(const FamilyIs& node) {
    if (node.v6) sql_ << "NOT ";
    // From the pseudonyms of IPv4 addresses to these themselves, which stand side by side.
    sql_ << "(source_address >= " << IpAddress::from_v4(0).marked()
         << " AND source_address <= " << IpAddress::from_v4(0xffff'ffff) << ")";
  }

  void operator()(const AllOf& node) { join(node.parts, " AND ", "1"); }
  void operator()(const AnyOf& node) { join(node.parts, " OR ", "0"); }
  void operator()(const NoneOf& node) {
    sql_ << "(NOT ";
    join(node.parts, " OR ", "0");
    sql_ << ")";
  }

 private:
  void join(const std::vector<Condition>& parts, SqlWords between, SqlWords of_none) {
    sql_ << "(";
    SqlList list(between);
    for (const auto& part : parts) {
      list.next(sql_);
      write(part);
    }
    if (list.empty()) sql_ << of_none;
    sql_ << ")";
  }

  Statement& sql_;
};

}  // namespace

Statement to_sql(const Condition& condition) {
  Statement sql;
  sql << "(";
  Writer(sql).write(condition);
  sql << ")";
  return sql;
}

SqlWords expression_of(Number number) {
  switch (number) {
    case Number::kKind:
      return "kind";
    case Number::kFirst:
      return NOROSHI_SQL_FIRST;
    case Number::kLast:
      return "last";
    case Number::kReceived:
      return "received";
    case Number::kDuration:
      return NOROSHI_SQL_DURATION;
    case Number::kProtocol:
      return "protocol";
    case Number::kSourcePort:
      return "source_port";
    case Number::kDestinationPort:
      return "destination_port";
    case Number::kTcpFlags:
      return "tcp_flags";
    case Number::kPackets:
      return NOROSHI_SQL_PACKETS;
    case Number::kBytes:
      return NOROSHI_SQL_BYTES;
    case Number::kPacketsPerSecond:
      return "intDivOrZero(" NOROSHI_SQL_PACKETS " * 1000, " NOROSHI_SQL_DURATION ")";
    case Number::kBitsPerSecond:
      return "intDivOrZero(" NOROSHI_SQL_BYTES " * 8000, " NOROSHI_SQL_DURATION ")";
    case Number::kBytesPerPacket:
      return "intDivOrZero(" NOROSHI_SQL_BYTES ", " NOROSHI_SQL_PACKETS ")";
    case Number::kSamplingRate:
      return "sampling_rate";
    case Number::kObservationDomain:
      return "observation_domain_id";
    case Number::kInputInterface:
      return "input_interface";
    case Number::kOutputInterface:
      return "output_interface";
    case Number::kSourceAs:
      return "source_as";
    case Number::kDestinationAs:
      return "destination_as";
    case Number::kSourceCountry:
      return "source_country";
    case Number::kDestinationCountry:
      return "destination_country";
    case Number::kVlan:
      return "vlan";
    case Number::kDirection:
      return "direction";
    case Number::kIcmpType:
      return "icmp_type";
    case Number::kIcmpCode:
      return "icmp_code";
    case Number::kEvent:
      return "event";
    case Number::kTranslatedSourcePort:
      return "translated_source_port";
    case Number::kTranslatedDestinationPort:
      return "translated_destination_port";
    case Number::kEndReason:
      return "end_reason";
  }
  return "kind";
}

SqlWords column_of(AddressColumn column) {
  switch (column) {
    case AddressColumn::kSource:
      return "source_address";
    case AddressColumn::kDestination:
      return "destination_address";
    case AddressColumn::kExporter:
      return "exporter";
    case AddressColumn::kNextHop:
      return "next_hop";
    case AddressColumn::kTranslatedSource:
      return "translated_source_address";
    case AddressColumn::kTranslatedDestination:
      return "translated_destination_address";
  }
  return "source_address";
}

}  // namespace noroshi
