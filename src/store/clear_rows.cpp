#include "store/clear_rows.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <utility>

#include "base/byte_reader.h"
#include "store/sql/statement.h"

namespace noroshi {
namespace {

/// A table with addresses of traffic in it.
struct Guarded {
  SqlWords table;
  SqlWords hour;
  std::span<const SqlWords> addresses;
};
constexpr SqlWords kFlowAddresses[] = {"source_address", "destination_address", "next_hop",
                                       "translated_source_address",
                                       "translated_destination_address"};
constexpr SqlWords kContactAddresses[] = {"client", "server_address"};
constexpr Guarded kGuarded[] = {{"flows", "intDiv(last, 3600000)", kFlowAddresses},
                                {"contacts", "hour", kContactAddresses}};

using Octets = std::array<std::byte, 16>;

/// The first and the last IPv4 address of a block.
std::pair<std::uint32_t, std::uint32_t> v4_span(const Prefix& range) {
  const auto first = range.address().v4();
  const auto host_bits = 32 - range.length();
  const auto hosts = host_bits == 32 ? 0xffff'ffffU : (std::uint32_t{1} << host_bits) - 1;
  return {first, first | hosts};
}

std::array<std::byte, 4> octets_of(std::uint32_t v4) {
  return {std::byte(v4 >> 24), std::byte(v4 >> 16), std::byte(v4 >> 8), std::byte(v4)};
}

/// `head`, the IPv4 address, and `tail` in every octet after it.
IpAddress around(std::span<const std::uint8_t> head, std::uint32_t v4, std::byte tail) {
  Octets bytes;
  bytes.fill(tail);
  std::size_t at = 0;
  for (const auto octet : head) bytes[at++] = std::byte(octet);
  for (const auto octet : octets_of(v4)) bytes[at++] = octet;
  return IpAddress::from_bytes(bytes);
}

IpAddress block_end(std::span<const std::uint8_t> head, std::byte tail) {
  Octets bytes;
  bytes.fill(tail);
  std::size_t at = 0;
  for (const auto octet : head) bytes[at++] = std::byte(octet);
  return IpAddress::from_bytes(bytes);
}

// What stands before an IPv4 address where it stands whole: as itself (mapped), ::a.b.c.d,
// ::ffff:0:a.b.c.d, NAT64 and 6to4.
constexpr std::uint8_t kMapped[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr std::uint8_t kCompatible[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
constexpr std::uint8_t kTranslated[] = {0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0};
constexpr std::uint8_t kNat64[] = {0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0};
constexpr std::uint8_t k6to4[] = {0x20, 0x02};
// Those with anything between it and their beginning: local NAT64, and Teredo, which inverts it.
constexpr std::uint8_t kLocalNat64[] = {0, 0x64, 0xff, 0x9b, 0, 1};
constexpr std::uint8_t kTeredo[] = {0x20, 0x01, 0, 0};

class Writer {
 public:
  Writer(Statement& sql, SqlWords column) : sql_(sql), column_(column) {}

  void any_of(const std::vector<Prefix>& ranges) {
    for (const auto& range : ranges) {
      if (range.address().is_v4())
        v4(range);
      else
        between(range.address(), last_of(range));
    }
  }

 private:
  static IpAddress last_of(const Prefix& range) {
    auto bytes = range.address().bytes();
    for (int bit = range.length(); bit < 128; ++bit)
      bytes[static_cast<std::size_t>(bit) / 8] |= std::byte{0x80} >> (bit % 8);
    return IpAddress::from_bytes(bytes);
  }

  void v4(const Prefix& range) {
    const auto [first, last] = v4_span(range);
    for (const auto head :
         {std::span<const std::uint8_t>(kMapped), std::span<const std::uint8_t>(kCompatible),
          std::span<const std::uint8_t>(kTranslated), std::span<const std::uint8_t>(kNat64),
          std::span<const std::uint8_t>(k6to4)})
      between(around(head, first, std::byte{0}), around(head, last, std::byte{0xff}));
    last_octets(kLocalNat64, first, last);
    last_octets(kTeredo, ~last, ~first);
  }

  void between(const IpAddress& first, const IpAddress& last) {
    any_.next(sql_);
    sql_ << "(" << column_ << " >= " << first << " AND " << column_ << " <= " << last << ")";
  }

  void last_octets(std::span<const std::uint8_t> head, std::uint32_t first, std::uint32_t last) {
    between(block_end(head, std::byte{0}), block_end(head, std::byte{0xff}));
    sql_ << " AND substring(" << column_
         << ", 13, 4) >= " << std::span<const std::byte>(octets_of(first)) << " AND substring("
         << column_ << ", 13, 4) <= " << std::span<const std::byte>(octets_of(last));
  }

  Statement& sql_;
  SqlWords column_;
  SqlList any_{" OR "};
};

Statement count_sql(const Guarded& guarded, const SqlTable& table,
                    const std::vector<Prefix>& ranges) {
  Statement sql;
  sql << "SELECT toUInt64(" << guarded.hour << ") AS of, toUInt64(count()) FROM " << table
      << " WHERE ";
  SqlList any(" OR ");
  for (const auto column : guarded.addresses) {
    any.next(sql);
    sql << "(";
    Writer(sql, column).any_of(ranges);
    sql << ")";
  }
  return sql << " GROUP BY of ORDER BY of";
}

}  // namespace

Result<std::vector<ClearRows>> clear_rows(Engine& engine,
                                          const Granted<ClearRowsQuestion>& granted) {
  std::vector<ClearRows> found;
  const auto& ranges = granted.question().ranges;
  if (ranges.empty()) return found;
  for (const auto& guarded : kGuarded) {
    const auto name = engine.readable(guarded.table.text());
    const auto answer = TRY(engine.ask(count_sql(guarded, {name}, ranges).text()));
    ByteReader reader(answer);
    while (!reader.at_end()) {
      ClearRows rows;
      rows.table = guarded.table.text();
      rows.hour = reader.read_u64_le();
      rows.rows = reader.read_u64_le();
      found.push_back(std::move(rows));
    }
    if (!reader.ok()) return failure(ErrorCode::kMalformed, "the engine does not count");
  }
  return found;
}

}  // namespace noroshi
