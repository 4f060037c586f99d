#include "decode/template_store.h"

#include <algorithm>
#include <array>

#include "base/byte_reader.h"
#include "base/byte_writer.h"

namespace noroshi {
namespace {

constexpr std::array<std::byte, 8> kMagic = {std::byte{'N'}, std::byte{'O'}, std::byte{'R'},
                                             std::byte{'O'}, std::byte{'T'}, std::byte{'P'},
                                             std::byte{'L'}, std::byte{0}};
constexpr std::uint16_t kVersion = 2;
constexpr std::uint16_t kWithoutInterfaces = 1;  // the version before, which is read too
constexpr std::size_t kChecksum = 8;
constexpr std::uint8_t kAnnounced = 1;  // bits of the system start
constexpr std::uint8_t kMeasured = 2;

// What one of each takes at least: a count beyond what the rest can hold is refused unread.
constexpr std::size_t kShortestSession = 16 + 2 + 1 + 4 + 1 + 4 + 4 + 4 + 4 + 4;
constexpr std::size_t kSampler = 8 + 4;
constexpr std::size_t kInterface = 4 + 4;
constexpr std::size_t kShortestTemplate = 2 + 8 + 1 + 2 + 2;
constexpr std::size_t kField = 4 + 2 + 2;
constexpr std::size_t kShortestName = 4 + 8 + 2 + 2;

std::uint64_t checksum(std::span<const std::byte> bytes) {
  ByteReader reader(bytes);
  std::uint64_t sum = bytes.size();
  while (reader.remaining() >= 8) sum = mix(sum, reader.read_u64());
  while (!reader.at_end()) sum = mix(sum, reader.read_u8());
  return sum;
}

std::uint32_t size_of(const auto& list) { return static_cast<std::uint32_t>(list.size()); }

void write_template(ByteWriter& writer, const SavedTemplate& saved) {
  writer.write_u16(saved.id);
  writer.write_u64(saved.announced);
  writer.write_u8(saved.definition.is_options ? 1 : 0);
  writer.write_u16(static_cast<std::uint16_t>(saved.definition.scope_fields));
  writer.write_u16(static_cast<std::uint16_t>(saved.definition.fields.size()));
  for (const auto& field : saved.definition.fields) {
    writer.write_u32(field.enterprise);
    writer.write_u16(field.element);
    writer.write_u16(field.length);
  }
}

void write_text(ByteWriter& writer, const std::string& text) {
  writer.write_u16(static_cast<std::uint16_t>(text.size()));
  writer.write_bytes(std::as_bytes(std::span(text)));
}

void write_session(ByteWriter& writer, const SavedSession& session) {
  writer.write_bytes(session.key.exporter.bytes());
  writer.write_u16(session.key.port.value);
  writer.write_u8(static_cast<std::uint8_t>(session.key.protocol));
  writer.write_u32(session.key.observation_domain_id);
  const auto& start = session.system_start;
  writer.write_u8(static_cast<std::uint8_t>((start.announced ? kAnnounced : 0) |
                                            (start.measured ? kMeasured : 0)));
  writer.write_u32(start.start);
  writer.write_u32(session.sampling.domain_rate);
  writer.write_u32(size_of(session.sampling.samplers));
  for (const auto& [sampler, rate] : session.sampling.samplers) {
    writer.write_u64(sampler);
    writer.write_u32(rate);
  }
  writer.write_u32(size_of(session.sampling.interfaces));
  for (const auto& [interface, rate] : session.sampling.interfaces) {
    writer.write_u32(interface);
    writer.write_u32(rate);
  }
  writer.write_u32(size_of(session.templates));
  for (const auto& saved : session.templates) write_template(writer, saved);
  writer.write_u32(size_of(session.interfaces));
  for (const auto& named : session.interfaces) {
    writer.write_u32(named.index);
    writer.write_u64(named.since);
    write_text(writer, named.name);
    write_text(writer, named.description);
  }
}

tl::unexpected<Error> damaged() {
  return failure(ErrorCode::kMalformed, "not a whole template file");
}

/// A count of things that take at least `least` octets each.
Result<std::size_t> read_count(ByteReader& reader, std::size_t least) {
  const std::size_t count = reader.read_u32();
  if (!reader.ok() || count > reader.remaining() / least) return damaged();
  return count;
}

Result<SavedTemplate> read_template(ByteReader& reader) {
  SavedTemplate saved;
  saved.id = reader.read_u16();
  saved.announced = reader.read_u64();
  const auto is_options = reader.read_u8();
  saved.definition.is_options = is_options == 1;
  saved.definition.scope_fields = reader.read_u16();
  const std::size_t fields = reader.read_u16();
  if (!reader.ok() || is_options > 1 || fields > reader.remaining() / kField ||
      saved.definition.scope_fields > fields)
    return damaged();
  for (std::size_t i = 0; i < fields; ++i) {
    const auto enterprise = reader.read_u32();
    const auto element = reader.read_u16();
    saved.definition.fields.push_back({enterprise, element, reader.read_u16()});
  }
  return saved;
}

Result<std::string> read_text(ByteReader& reader) {
  const std::size_t length = reader.read_u16();
  if (!reader.ok() || length > kLongestInterfaceText) return damaged();
  const auto octets = reader.read_bytes(length);
  if (!reader.ok()) return damaged();
  std::string text;
  for (const auto octet : octets) text += std::to_integer<char>(octet);
  return text;
}

Result<InterfaceName> read_interface(ByteReader& reader) {
  InterfaceName named;
  named.index = reader.read_u32();
  named.since = reader.read_u64();
  named.name = TRY(read_text(reader));
  named.description = TRY(read_text(reader));
  return named;
}

Result<SavedSession> read_session(ByteReader& reader, std::uint16_t version) {
  SavedSession session;
  const auto address = reader.read_bytes(16);
  if (address.size() != 16) return damaged();
  session.key.exporter = IpAddress::from_bytes(address.first<16>());
  session.key.port = Port{reader.read_u16()};
  session.key.protocol = static_cast<ExportProtocol>(reader.read_u8());
  session.key.observation_domain_id = reader.read_u32();
  if (session.key.protocol != ExportProtocol::kNetflow9 &&
      session.key.protocol != ExportProtocol::kIpfix)
    return damaged();
  const auto flags = reader.read_u8();
  if (flags > (kAnnounced | kMeasured)) return damaged();
  session.system_start = {(flags & kAnnounced) != 0, (flags & kMeasured) != 0, reader.read_u32()};
  session.sampling.domain_rate = reader.read_u32();
  const auto samplers = TRY(read_count(reader, kSampler));
  for (std::size_t i = 0; i < samplers; ++i) {
    const auto sampler = reader.read_u64();
    session.sampling.samplers.emplace_back(sampler, reader.read_u32());
  }
  const auto interfaces = TRY(read_count(reader, kInterface));
  for (std::size_t i = 0; i < interfaces; ++i) {
    const auto interface = reader.read_u32();
    session.sampling.interfaces.emplace_back(interface, reader.read_u32());
  }
  const auto templates = TRY(read_count(reader, kShortestTemplate));
  for (std::size_t i = 0; i < templates; ++i)
    session.templates.push_back(TRY(read_template(reader)));
  if (version == kWithoutInterfaces) return session;
  const auto named = TRY(read_count(reader, kShortestName));
  for (std::size_t i = 0; i < named; ++i) session.interfaces.push_back(TRY(read_interface(reader)));
  return session;
}

}  // namespace

std::vector<std::byte> write_template_store(std::span<const SavedSession> sessions) {
  ByteWriter writer;
  writer.write_bytes(kMagic);
  writer.write_u16(kVersion);
  writer.write_u32(size_of(sessions));
  for (const auto& session : sessions) write_session(writer, session);
  writer.write_u64(checksum(writer.bytes()));
  return writer.take();
}

std::vector<std::byte> with_template_store_checksum(std::vector<std::byte> bytes) {
  if (bytes.size() < kChecksum) return bytes;
  const auto content = std::span(bytes).first(bytes.size() - kChecksum);
  store_big_endian(bytes.data() + content.size(), checksum(content));
  return bytes;
}

Result<std::vector<SavedSession>> read_template_store(std::span<const std::byte> bytes) {
  if (bytes.size() < kMagic.size() + 2 + kChecksum) return damaged();
  const auto content = bytes.first(bytes.size() - kChecksum);
  ByteReader reader(content);
  if (!std::ranges::equal(reader.read_bytes(kMagic.size()), kMagic)) return damaged();
  const auto version = reader.read_u16();
  if (version != kVersion && version != kWithoutInterfaces)
    return failure(ErrorCode::kUnsupported, "a template file of another version");
  if (ByteReader(bytes.last(kChecksum)).read_u64() != checksum(content)) return damaged();
  const auto count = TRY(read_count(reader, kShortestSession));
  std::vector<SavedSession> sessions;
  for (std::size_t i = 0; i < count; ++i) sessions.push_back(TRY(read_session(reader, version)));
  if (!reader.ok() || !reader.at_end()) return damaged();
  return sessions;
}

}  // namespace noroshi
