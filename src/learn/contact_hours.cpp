#include "learn/contact_hours.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "base/byte_reader.h"
#include "base/byte_writer.h"

// Door (in): contacts of the hours of a simulation or a recording, read back. Guard: a file without
// a name that this process alone has; written by it.
// Door (out): the same. Guard: made up by the simulator, or of a recording given by hand.

namespace noroshi {
namespace {

constexpr std::uint64_t kHour = 3'600'000;
/// Contacts of one piece, as they are written and read back.
constexpr std::size_t kPiece = 20'000;

/// Every number of a contact, once: for writing and for reading.
template <typename Of, typename Visitor>
void for_each_number(Of& contact, Visitor&& visit) {
  visit(contact.flows), visit(contact.connections), visit(contact.answered);
  visit(contact.refused), visit(contact.retried), visit(contact.uninvited);
  visit(contact.packets_up), visit(contact.bytes_up);
  visit(contact.packets_down), visit(contact.bytes_down);
  visit(contact.first), visit(contact.last), visit(contact.longest);
  visit(contact.longest_bytes_up), visit(contact.longest_bytes_down);
  visit(contact.events_seen), visit(contact.latest_event);
}

template <typename Of, typename Visitor>
void for_each_number_of_event(Of& event, Visitor&& visit) {
  visit(event.time), visit(event.duration), visit(event.packets_up), visit(event.bytes_up);
  visit(event.packets_down), visit(event.bytes_down);
}

IpAddress read_address(ByteReader& reader) {
  const auto bytes = reader.read_bytes(16);
  return bytes.size() == 16 ? IpAddress::from_bytes(bytes.first<16>()) : IpAddress();
}

void write(const Contact& contact, ByteWriter& writer) {
  writer.write_bytes(contact.client.bytes());
  writer.write_bytes(contact.server.address.bytes());
  writer.write_u16_le(contact.server.port.value);
  writer.write_u8(contact.server.protocol.value);
  writer.write_u8(contact.tcp_flags_up);
  writer.write_u8(contact.tcp_flags_down);
  writer.write_u32_le(contact.sampling_rate);
  for_each_number(contact, [&](std::uint64_t number) { writer.write_u64_le(number); });
  for (const auto count : contact.interval_bins) writer.write_u32_le(count);
  writer.write_u32_le(static_cast<std::uint32_t>(contact.active_hours.size()));
  for (const auto& hour : contact.active_hours) {
    writer.write_u64_le(hour.hour);
    writer.write_u64_le(hour.minutes);
  }
  writer.write_u32_le(static_cast<std::uint32_t>(contact.events.size()));
  for (const auto& event : contact.events) {
    for_each_number_of_event(event, [&](std::uint64_t number) { writer.write_u64_le(number); });
    writer.write_u8(
        static_cast<std::uint8_t>((event.answered ? 1 : 0) | (event.continued ? 2 : 0)));
  }
  writer.write_u32_le(static_cast<std::uint32_t>(contact.reservoir.size()));
  for (const auto time : contact.reservoir) writer.write_u64_le(time);
}

Contact read_contact(ByteReader& reader) {
  Contact contact;
  contact.client = read_address(reader);
  contact.server.address = read_address(reader);
  contact.server.port = Port{reader.read_u16_le()};
  contact.server.protocol = Protocol{reader.read_u8()};
  contact.tcp_flags_up = reader.read_u8();
  contact.tcp_flags_down = reader.read_u8();
  contact.sampling_rate = reader.read_u32_le();
  for_each_number(contact, [&](std::uint64_t& number) { number = reader.read_u64_le(); });
  for (auto& count : contact.interval_bins) count = reader.read_u32_le();
  contact.active_hours.resize(std::min<std::size_t>(reader.read_u32_le(), Contact::kMostHours));
  for (auto& hour : contact.active_hours) {
    hour.hour = reader.read_u64_le();
    hour.minutes = reader.read_u64_le();
  }
  contact.events.resize(std::min<std::size_t>(reader.read_u32_le(), Contact::kMostEvents));
  for (auto& event : contact.events) {
    for_each_number_of_event(event, [&](std::uint64_t& number) { number = reader.read_u64_le(); });
    const auto flags = reader.read_u8();
    event.answered = (flags & 1) != 0;
    event.continued = (flags & 2) != 0;
  }
  contact.reservoir.resize(std::min<std::size_t>(reader.read_u32_le(), Contact::kMostReservoir));
  for (auto& time : contact.reservoir) time = reader.read_u64_le();
  return contact;
}

}  // namespace

Result<ContactHours> ContactHours::create(const std::filesystem::path& folder) {
  static std::atomic<unsigned> made = 0;  // several views, and several threads, at once
  const auto path = folder / fmt::format(".contacts-{}-{}", ::getpid(), made++);
  auto file = TRY(File::open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  std::error_code ignored;
  std::filesystem::remove(path, ignored);
  return ContactHours(std::move(file));
}

Summariser* ContactHours::open(std::uint64_t hour) {
  if (hour < closed_until_) return nullptr;
  auto& summariser = open_[hour];
  if (!summariser) {
    Summariser::Config config;
    config.contacts.most_contacts = 1'000'000;
    config.contacts.most_port_activities = 500'000;
    summariser = std::make_unique<Summariser>(config);
  }
  return summariser.get();
}

Status ContactHours::add(const FlowBatch& batch) {
  if (batch.empty()) return {};
  const auto [earliest, latest] = std::ranges::minmax(batch.last());
  if (earliest / kHour == latest / kHour) {
    auto* summariser = open(latest / kHour);
    if (summariser == nullptr) {
      flows_late_ += batch.size();
      return {};
    }
    summariser->add(batch);
  } else {
    std::map<std::uint64_t, FlowBatch> parts;
    for (std::size_t row = 0; row < batch.size(); ++row)
      parts.try_emplace(batch.last()[row] / kHour, 1024).first->second.append_row(batch, row);
    for (const auto& [hour, part] : parts) {
      if (auto* summariser = open(hour); summariser != nullptr)
        summariser->add(part);
      else
        flows_late_ += part.size();
    }
  }
  return {};
}

Status ContactHours::close_until(std::uint64_t now) {
  while (!open_.empty() && (open_.begin()->first + 1) * kHour + kGrace <= now) {
    auto first = open_.extract(open_.begin());
    closed_until_ = std::max(closed_until_, first.key() + 1);
    TRY(close(first.key(), *first.mapped()));
  }
  return {};
}

Status ContactHours::close_all() {
  while (!open_.empty()) {
    auto first = open_.extract(open_.begin());
    closed_until_ = std::max(closed_until_, first.key() + 1);
    TRY(close(first.key(), *first.mapped()));
  }
  return {};
}

Status ContactHours::close(std::uint64_t hour, Summariser& summariser) {
  auto summary = summariser.finish();
  contacts_not_kept_ += summary.contacts_evicted;
  std::ranges::sort(summary.contacts, [](const Contact& a, const Contact& b) {
    return std::tie(a.client, a.server) < std::tie(b.client, b.server);
  });
  auto& places = closed_[hour];
  ByteWriter writer;
  for (std::size_t begin = 0; begin < summary.contacts.size(); begin += kPiece) {
    const auto end = std::min(begin + kPiece, summary.contacts.size());
    writer.write_u32_le(static_cast<std::uint32_t>(end - begin));
    for (auto index = begin; index < end; ++index) write(summary.contacts[index], writer);
    TRY(file_.write_at(end_, writer.bytes()));
    places.push_back({end_, writer.size()});
    end_ += writer.size();
    writer.clear();
  }
  return {};
}

Status ContactHours::read(std::uint64_t hour,
                          const std::function<Status(std::span<const Contact>)>& sink) const {
  const auto found = closed_.find(hour);
  if (found == closed_.end()) return {};
  std::vector<std::byte> bytes;
  std::vector<Contact> contacts;
  for (const auto& place : found->second) {
    bytes.resize(place.bytes);
    if (TRY(file_.read_at(place.offset, bytes)) != bytes.size())
      return failure(ErrorCode::kTruncated, "contacts that were put aside are not whole");
    ByteReader reader(bytes);
    contacts.resize(reader.read_u32_le());
    for (auto& contact : contacts) contact = read_contact(reader);
    if (!reader.at_end())
      return failure(ErrorCode::kMalformed, "contacts that were put aside are not whole");
    TRY(sink(contacts));
  }
  return {};
}

void ContactHours::forget_before(std::uint64_t hour) {
  closed_.erase(closed_.begin(), closed_.lower_bound(hour));
  if (closed_.empty()) end_ = 0;
}

}  // namespace noroshi
