#include "store/contact_table.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/byte_reader.h"
#include "store/contact_details.h"

namespace noroshi {
namespace {

// The numbers of a contact that have a column of their own: column, its type, the member.
#define NOROSHI_CONTACT_FIELDS(FIELD)                          \
  FIELD(client, IpAddress, client)                             \
  FIELD(server_address, IpAddress, server.address)             \
  FIELD(server_port, std::uint16_t, server.port.value)         \
  FIELD(protocol, std::uint8_t, server.protocol.value)         \
  FIELD(flows, std::uint64_t, flows)                           \
  FIELD(connections, std::uint64_t, connections)               \
  FIELD(answered, std::uint64_t, answered)                     \
  FIELD(refused, std::uint64_t, refused)                       \
  FIELD(retried, std::uint64_t, retried)                       \
  FIELD(uninvited, std::uint64_t, uninvited)                   \
  FIELD(packets_up, std::uint64_t, packets_up)                 \
  FIELD(bytes_up, std::uint64_t, bytes_up)                     \
  FIELD(packets_down, std::uint64_t, packets_down)             \
  FIELD(bytes_down, std::uint64_t, bytes_down)                 \
  FIELD(tcp_flags_up, std::uint8_t, tcp_flags_up)              \
  FIELD(tcp_flags_down, std::uint8_t, tcp_flags_down)          \
  FIELD(first, std::uint64_t, first)                           \
  FIELD(last, std::uint64_t, last)                             \
  FIELD(longest, std::uint64_t, longest)                       \
  FIELD(longest_bytes_up, std::uint64_t, longest_bytes_up)     \
  FIELD(longest_bytes_down, std::uint64_t, longest_bytes_down) \
  FIELD(sampling_rate, std::uint32_t, sampling_rate)           \
  FIELD(events_seen, std::uint64_t, events_seen)               \
  FIELD(latest_event, std::uint64_t, latest_event)

template <typename T>
constexpr StoredType type_of() {
  if constexpr (std::is_same_v<T, IpAddress>) return StoredType::kBytes16;
  if constexpr (sizeof(T) == 1) return StoredType::kUInt8;
  if constexpr (sizeof(T) == 2) return StoredType::kUInt16;
  if constexpr (sizeof(T) == 4) return StoredType::kUInt32;
  if constexpr (sizeof(T) == 8) return StoredType::kUInt64;
}

template <typename T>
consteval SqlWords codec_of() {
  if constexpr (sizeof(T) == 4 || sizeof(T) == 8) return "T64, ZSTD(1)";
  return "ZSTD(1)";
}

#define NOROSHI_CONTACT_COLUMN(name, type, member) \
  StoredColumn{#name, type_of<type>(), codec_of<type>()},
constexpr StoredColumn kColumns[] = {
    {"hour", StoredType::kUInt32, "Delta(4), ZSTD(1)"},
    NOROSHI_CONTACT_FIELDS(NOROSHI_CONTACT_COLUMN)  //
    {"minutes", StoredType::kUInt64, "ZSTD(1)"},
    {"details", StoredType::kBytes, "ZSTD(1)"},
    {"batch", StoredType::kUInt64, "T64, LZ4"},
};
#undef NOROSHI_CONTACT_COLUMN

constexpr StoredTable kTable = {
    .name = "contacts",
    .columns = kColumns,
    .partition = "intDiv(hour, 24)",
    .order = "(server_address, server_port, protocol, hour, client)",
    .indexes = "",
    .hours_of_partition = 24,
};

std::uint64_t minutes_of(const Contact& contact, std::uint64_t hour) {
  for (const auto& active : contact.active_hours)
    if (active.hour == hour) return active.minutes;
  return 0;
}

template <typename T>
T read_value(ByteReader& reader) {
  if constexpr (std::is_same_v<T, std::uint8_t>) return reader.read_u8();
  if constexpr (std::is_same_v<T, std::uint16_t>) return reader.read_u16_le();
  if constexpr (std::is_same_v<T, std::uint32_t>) return reader.read_u32_le();
  if constexpr (std::is_same_v<T, std::uint64_t>) return reader.read_u64_le();
  if constexpr (std::is_same_v<T, IpAddress>) {
    std::array<std::byte, 16> bytes{};
    const auto read = reader.read_bytes(bytes.size());
    std::copy(read.begin(), read.end(), bytes.begin());
    return IpAddress::from_bytes(bytes);
  }
}

/// The length of a String in RowBinary (unsigned LEB128).
std::size_t read_length(ByteReader& reader) {
  std::size_t length = 0;
  for (unsigned shift = 0; shift < 35; shift += 7) {
    const auto octet = reader.read_u8();
    length |= std::size_t{octet & 0x7fu} << shift;
    if (octet < 0x80) break;
  }
  return length;
}

/// False where the row is not whole yet.
Result<bool> read_contact(ByteReader& reader, std::uint64_t hour, Contact& contact) {
#define NOROSHI_CONTACT_READ(name, type, member) contact.member = read_value<type>(reader);
  NOROSHI_CONTACT_FIELDS(NOROSHI_CONTACT_READ)
#undef NOROSHI_CONTACT_READ
  const auto minutes = reader.read_u64_le();
  const auto details = reader.read_bytes(read_length(reader));
  if (!reader.ok()) return false;
  if (minutes != 0) contact.active_hours.push_back({hour, minutes});
  TRY(unpack_details(details, hour, contact));
  return true;
}

}  // namespace

const StoredTable& contact_table() { return kTable; }

ContactBlock::ContactBlock(std::span<const Contact> contacts, std::uint64_t hour, BatchId batch) {
  const auto rows = contacts.size();
  block_.table = kTable.name.text();
  block_.rows = rows;
  const auto add = [&](std::string_view name, StoredType type, const auto& value_of) {
    using T = std::remove_cvref_t<decltype(value_of(contacts[0]))>;
    auto& column = columns_.emplace_back(rows * sizeof(T));
    for (std::size_t row = 0; row < rows; ++row) {
      const T value = value_of(contacts[row]);
      std::memcpy(column.data() + row * sizeof(T), &value, sizeof(T));
    }
    block_.columns.push_back({name, type, column.data()});
  };
#define NOROSHI_CONTACT_ADD(name, type, member) \
  add(#name, type_of<type>(), [](const Contact& contact) -> type { return contact.member; });
  NOROSHI_CONTACT_FIELDS(NOROSHI_CONTACT_ADD)
#undef NOROSHI_CONTACT_ADD
  add("hour", StoredType::kUInt32,
      [&](const Contact&) { return static_cast<std::uint32_t>(hour); });
  add("minutes", StoredType::kUInt64,
      [&](const Contact& contact) { return minutes_of(contact, hour); });
  add("batch", StoredType::kUInt64, [&](const Contact&) { return batch; });

  std::vector<std::byte> details;
  offsets_.push_back(0);
  for (const auto& contact : contacts) {
    const auto packed = pack_details(contact, hour);
    details.insert(details.end(), packed.begin(), packed.end());
    offsets_.push_back(static_cast<std::uint32_t>(details.size()));
  }
  columns_.push_back(std::move(details));
  block_.columns.push_back(
      {"details", StoredType::kBytes, columns_.back().data(), offsets_.data()});
}

Statement contacts_sql(std::uint64_t hour, const SqlTable& table) {
  Statement sql;
  sql << "SELECT ";
#define NOROSHI_CONTACT_NAME(name, type, member) sql << #name ", ";
  NOROSHI_CONTACT_FIELDS(NOROSHI_CONTACT_NAME)
#undef NOROSHI_CONTACT_NAME
  return sql << "minutes, details FROM " << table << " WHERE hour = " << hour
             << " ORDER BY client, server_address, server_port, protocol";
}

Status ContactReader::take(std::span<const std::byte> piece) {
  rest_.insert(rest_.end(), piece.begin(), piece.end());
  std::vector<Contact> contacts;
  std::size_t used = 0;
  while (used < rest_.size()) {
    const std::span<const std::byte> unread(rest_);
    ByteReader reader(unread.subspan(used));
    Contact contact;
    if (!TRY(read_contact(reader, hour_, contact))) break;
    used += reader.position();
    contacts.push_back(std::move(contact));
  }
  rest_.erase(rest_.begin(), rest_.begin() + static_cast<std::ptrdiff_t>(used));
  return contacts.empty() ? Status{} : sink_(contacts);
}

Status ContactReader::finish() const {
  if (rest_.empty()) return {};
  return failure(ErrorCode::kTruncated, "the answer of the engine ends within a contact");
}

}  // namespace noroshi
