#include "decode/template/options.h"

#include <optional>
#include <string>
#include <utility>

#include "base/byte_reader.h"

namespace noroshi {
namespace {

/// What one options record says that concerns us.
struct Announcement {
  SamplingStatement sampling;
  std::optional<std::uint64_t> sampler;
  std::optional<std::uint32_t> interface;  // only as a scope: what the record is about
  std::optional<std::uint32_t> named;      // an interface in the record, scope or not
  std::optional<std::string> name;
  std::optional<std::string> description;
  std::optional<std::uint64_t> system_init;
};

/// Unsigned, of any width; the low-order eight octets where it is wider.
std::optional<std::uint64_t> integer_of(std::span<const std::byte> octets) {
  std::uint64_t value = 0;
  for (const auto octet : octets) value = value << 8 | std::to_integer<std::uint64_t>(octet);
  return octets.empty() ? std::nullopt : std::optional(value);
}

void note(Announcement& announcement, const FieldSpecifier& field, bool scope,
          std::span<const std::byte> octets) {
  constexpr std::uint16_t kInterfaceScope = 2;  // RFC 3954 §6.1
  const auto value = integer_of(octets);
  if (!value) return;
  if (field.enterprise == kNetflow9Scope) {
    if (field.element == kInterfaceScope)
      announcement.interface = announcement.named = static_cast<std::uint32_t>(*value);
    return;
  }
  if (field.enterprise != kIana) return;
  switch (field.element) {
    case 10:
    case 14:
    case 252:
    case 253:
      announcement.named = static_cast<std::uint32_t>(*value);
      if (scope) announcement.interface = announcement.named;
      break;
    case 82:
      announcement.name = readable_text(octets);
      break;
    case 83:
      announcement.description = readable_text(octets);
      break;
    case 34:
      announcement.sampling.interval = value;
      break;
    case 50:
      if (!announcement.sampling.interval) announcement.sampling.interval = value;
      break;
    case 48:
      if (!announcement.sampler) announcement.sampler = value;
      break;
    case 302:
      announcement.sampler = value;
      break;
    case 160:
      announcement.system_init = value;
      break;
    case 305:
      announcement.sampling.packet_interval = value;
      break;
    case 306:
      announcement.sampling.packet_space = value;
      break;
    case 309:
      announcement.sampling.size = value;
      break;
    case 310:
      announcement.sampling.population = value;
      break;
    default:
      break;
  }
}

/// Cisco's table of interfaces is about the system, with the number as a field: of a name the
/// interface need not be the scope.
void apply_names(Announcement& announcement, std::uint64_t now, Session& session,
                 DecodeStatistics& statistics) {
  if (!announcement.named || (!announcement.name && !announcement.description)) return;
  const auto outcome = session.interfaces.announce(
      *announcement.named, std::move(announcement.name), std::move(announcement.description), now);
  if (outcome != InterfaceTable::Outcome::kKnown) ++statistics.interface_names;
  if (outcome == InterfaceTable::Outcome::kCrowded) ++statistics.interface_names_evicted;
}

void apply(const Announcement& announcement, Session& session, DecodeStatistics& statistics) {
  const auto rate = announcement.sampling.rate();
  bool room = true;
  if (announcement.sampler)
    room = session.sampling.announce_sampler(*announcement.sampler, rate);
  else if (rate != 0 && announcement.interface)
    room = session.sampling.announce_interface(*announcement.interface, rate);
  else if (rate != 0)
    session.sampling.announce_domain(rate);
  if (!room) statistics.count(Undecodable::kOverLimit);
  if (announcement.system_init && ExportTime::plausible(*announcement.system_init))
    session.system_start.announce(*announcement.system_init);
}

}  // namespace

RunResult read_options(const TemplateDefinition& definition, std::span<const std::byte> records,
                       std::uint64_t now, Session& session, DecodeStatistics& statistics) {
  const auto shortest = definition.shortest_record();
  RunResult result;
  ByteReader reader(records);
  while (reader.remaining() >= shortest) {
    const auto begin = reader.position();
    Announcement announcement;
    for (std::size_t i = 0; i < definition.fields.size(); ++i) {
      const auto& field = definition.fields[i];
      std::size_t length = field.length;
      if (field.length == kVariableLength) {
        length = reader.read_u8();
        if (length == 255) length = reader.read_u16();
      }
      note(announcement, field, i < definition.scope_fields, reader.read_bytes(length));
    }
    if (!reader.ok()) {
      result.left_over = records.size() - begin;
      return result;
    }
    apply(announcement, session, statistics);
    apply_names(announcement, now, session, statistics);
    ++result.records;
    ++statistics.option_records;
  }
  result.left_over = reader.remaining();
  return result;
}

}  // namespace noroshi
