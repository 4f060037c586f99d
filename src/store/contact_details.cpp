#include "store/contact_details.h"

#include <algorithm>

#include "base/byte_reader.h"
#include "base/byte_writer.h"

namespace noroshi {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::uint64_t kHour = 3'600'000;

void write_number(ByteWriter& writer, std::uint64_t number) {
  for (; number >= 0x80; number >>= 7)
    writer.write_u8(static_cast<std::uint8_t>(number & 0x7f) | 0x80);
  writer.write_u8(static_cast<std::uint8_t>(number));
}

std::uint64_t read_number(ByteReader& reader) {
  std::uint64_t number = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const auto octet = reader.read_u8();
    number |= std::uint64_t{octet & 0x7fu} << shift;
    if (octet < 0x80) return number;
  }
  reader.skip(reader.remaining() + 1);  // no number has an eleventh octet
  return 0;
}

/// Times as differences from the one before: times of one hour take few octets.
class Clock {
 public:
  explicit Clock(std::uint64_t hour) : before_(hour * kHour) {}
  void write(ByteWriter& writer, std::uint64_t time) {
    // Zigzag: earlier times are small numbers too.
    const auto change = time - before_;
    write_number(writer, change << 1 ^ (change >> 63 != 0 ? UINT64_MAX : 0));
    before_ = time;
  }
  std::uint64_t read(ByteReader& reader) {
    const auto number = read_number(reader);
    before_ += number >> 1 ^ ((number & 1) != 0 ? UINT64_MAX : 0);
    return before_;
  }

 private:
  std::uint64_t before_;
};

void write_events(ByteWriter& writer, std::span<const ContactEvent> events, std::uint64_t hour) {
  write_number(writer, events.size());
  Clock clock(hour);
  for (const auto& event : events) {
    clock.write(writer, event.time);
    for (const auto number :
         {event.duration, event.packets_up, event.bytes_up, event.packets_down, event.bytes_down})
      write_number(writer, number);
    writer.write_u8(
        static_cast<std::uint8_t>((event.answered ? 1 : 0) + (event.continued ? 2 : 0)));
  }
}

void read_events(ByteReader& reader, std::uint64_t count, std::uint64_t hour, Contact& contact) {
  Clock clock(hour);
  for (std::uint64_t i = 0; i < count && reader.ok(); ++i) {
    ContactEvent event;
    event.time = clock.read(reader);
    for (auto* number : {&event.duration, &event.packets_up, &event.bytes_up, &event.packets_down,
                         &event.bytes_down})
      *number = read_number(reader);
    const auto flags = reader.read_u8();
    event.answered = (flags & 1) != 0;
    event.continued = (flags & 2) != 0;
    contact.events.push_back(event);
  }
}

}  // namespace

std::vector<std::byte> pack_details(const Contact& contact, std::uint64_t hour) {
  ByteWriter writer;
  writer.write_u8(kVersion);

  const auto is_other = [&](const ActiveHour& active) { return active.hour != hour; };
  const auto& active = contact.active_hours;
  write_number(writer, static_cast<std::uint64_t>(std::ranges::count_if(active, is_other)));
  for (const auto& other : active) {
    if (!is_other(other)) continue;
    write_number(writer, other.hour);
    write_number(writer, other.minutes);
  }

  const auto events = std::span(contact.events);
  write_events(writer, events.first(std::min(events.size(), kStoredEvents)), hour);

  const auto sample = sample_of_later_events(contact);
  write_number(writer, sample.size());
  Clock clock(hour);
  for (const auto time : sample) clock.write(writer, time);

  auto bins = std::span(contact.interval_bins).first(contact.interval_bins.size());
  std::size_t used = bins.size();
  while (used > 0 && bins[used - 1] == 0) --used;
  write_number(writer, used);
  for (std::size_t bin = 0; bin < used; ++bin) write_number(writer, bins[bin]);
  return writer.take();
}

Status unpack_details(std::span<const std::byte> bytes, std::uint64_t hour, Contact& contact) {
  ByteReader reader(bytes);
  const auto version = reader.read_u8();
  if (reader.ok() && version != kVersion)
    return failure(ErrorCode::kUnsupported,
                   "a contact was stored by a newer Noroshi: install that one");
  const auto others = read_number(reader);
  for (std::uint64_t i = 0; i < others && reader.ok(); ++i) {
    const auto other_hour = read_number(reader);
    contact.active_hours.push_back({other_hour, read_number(reader)});
  }
  read_events(reader, read_number(reader), hour, contact);
  const auto times = read_number(reader);
  Clock clock(hour);
  for (std::uint64_t i = 0; i < times && reader.ok(); ++i)
    contact.reservoir.push_back(clock.read(reader));
  const auto bins = read_number(reader);
  for (std::uint64_t bin = 0; bin < bins && reader.ok(); ++bin) {
    const auto intervals = static_cast<std::uint32_t>(read_number(reader));
    if (bin < contact.interval_bins.size()) contact.interval_bins[bin] = intervals;
  }
  if (!reader.ok() || !reader.at_end())
    return failure(ErrorCode::kMalformed, "a stored contact is damaged");
  return {};
}

std::vector<std::uint64_t> sample_of_later_events(const Contact& contact) {
  // The events kept beyond the first stand for themselves; the reservoir, itself a sample, stands
  // for all that came after those.
  std::vector<std::uint64_t> times;
  for (std::size_t i = kStoredEvents; i < contact.events.size(); ++i)
    times.push_back(contact.events[i].time);
  const auto kept = times.size();
  times.insert(times.end(), contact.reservoir.begin(), contact.reservoir.end());
  if (times.size() <= kStoredReservoir) return times;

  const auto unseen = contact.events_seen > contact.events.size()
                          ? contact.events_seen - contact.events.size()
                          : contact.reservoir.size();
  const auto weight = contact.reservoir.empty() ? 1.0
                                                : static_cast<double>(unseen) /
                                                      static_cast<double>(contact.reservoir.size());
  const auto all =
      static_cast<double>(kept) + weight * static_cast<double>(contact.reservoir.size());
  // One from each of kStoredReservoir equal shares, at a place that looks random: steps of one
  // length would put a period of their own into the series.
  std::vector<std::uint64_t> sample;
  for (std::size_t share = 0; share < kStoredReservoir; ++share) {
    const auto random =
        static_cast<double>(mix(contact.first ^ contact.client.low(), share) >> 11) * 0x1p-53;
    const auto at = (static_cast<double>(share) + random) * all / kStoredReservoir;
    const auto index =
        at < static_cast<double>(kept)
            ? static_cast<std::size_t>(at)
            : kept + static_cast<std::size_t>((at - static_cast<double>(kept)) / weight);
    sample.push_back(times[std::min(index, times.size() - 1)]);
  }
  std::ranges::sort(sample);
  return sample;
}

}  // namespace noroshi
