#include <algorithm>

#include "base/byte_reader.h"
#include "decode/decoder.h"
#include "decode/export_time.h"
#include "decode/template/definition.h"

namespace noroshi {
namespace {

bool plausible_seconds(std::uint64_t seconds) { return ExportTime::plausible(seconds * 1000); }

/// The count and the length agree; or nothing but the count or the length is odd: a header that
/// nothing else would have, on whole records or with bytes behind them.
bool looks_like_netflow5(ByteReader reader) {
  constexpr std::size_t kRecord = 48;
  constexpr std::uint16_t kMostRecords = 30;  // what fits into an Ethernet frame
  const std::size_t count = reader.read_u16();
  reader.skip(4);  // uptime: anything
  const auto seconds = reader.read_u32();
  const auto nanoseconds = reader.read_u32();
  reader.skip(8);
  if (!reader.ok() || count == 0 || nanoseconds >= 1'000'000'000) return false;
  const auto octets = reader.remaining();
  if (octets == count * kRecord) return true;
  if (!plausible_seconds(seconds) || octets < kRecord) return false;
  return octets % kRecord == 0 || (count <= kMostRecords && octets > count * kRecord);
}

/// One definition at the front of a template set: a number, fields, and room for them.
bool begins_with_template(std::span<const std::byte> content, bool ipfix, bool options) {
  ByteReader reader(content);
  const auto number = reader.read_u16();
  const std::size_t count = reader.read_u16();
  if (ipfix && reader.ok() && count == 0) return number == 2 || number == 3 || number >= 256;
  const std::size_t more = options ? reader.read_u16() : 0;
  const std::size_t octets = options && !ipfix ? count + more : count * 4;
  return reader.ok() && number >= kFirstTemplate && octets > 0 && octets <= reader.remaining();
}

struct SetShape {
  std::size_t whole = 0;  ///< sets that are what they should be
  bool to_the_end = false;
};

/// Sets follow one another to the end, or to a tail of zeros, and none is of a number that has no
/// meaning.
SetShape shape_of_sets(std::span<const std::byte> sets, bool ipfix) {
  constexpr std::size_t kHeader = 4;
  const std::uint16_t template_set = ipfix ? 2 : 0;
  const std::uint16_t options_set = ipfix ? 3 : 1;
  SetShape shape;
  ByteReader reader(sets);
  while (!reader.at_end()) {
    const auto number = reader.read_u16();
    const std::size_t length = reader.read_u16();
    if (number == 0 && length == 0) break;
    if (!reader.ok() || length < kHeader) return shape;
    const auto content = reader.read_bytes(length - kHeader);
    if (!reader.ok()) return shape;
    if (number == template_set || number == options_set) {
      if (!begins_with_template(content, ipfix, number == options_set)) return shape;
    } else if (number < kFirstTemplate) {
      return shape;
    }
    ++shape.whole;
  }
  const auto rest = reader.rest();
  shape.to_the_end =
      std::all_of(rest.begin(), rest.end(), [](std::byte octet) { return octet == std::byte{}; });
  return shape;
}

/// With a time that can be, one whole set is enough: what follows may be damaged.
bool agrees(SetShape shape, std::uint32_t seconds) {
  return shape.whole > 0 && (shape.to_the_end || plausible_seconds(seconds));
}

bool looks_like_netflow9(ByteReader reader) {
  const auto count = reader.read_u16();
  reader.skip(4);  // uptime: anything
  const auto seconds = reader.read_u32();
  reader.skip(8);  // sequence, source: anything
  return reader.ok() && count > 0 && agrees(shape_of_sets(reader.rest(), false), seconds);
}

bool looks_like_ipfix(ByteReader reader) {
  constexpr std::size_t kHeader = 16;
  const std::size_t length = reader.read_u16();
  const auto seconds = reader.read_u32();
  reader.skip(8);  // sequence, domain: anything
  if (!reader.ok() || length < kHeader) return false;
  auto shape = shape_of_sets(reader.rest(), true);
  if (length - kHeader < reader.remaining())
    shape.whole += shape_of_sets(reader.rest().first(length - kHeader), true).whole;
  if (length - kHeader != reader.remaining()) shape.to_the_end = false;
  return agrees(shape, seconds);
}

/// As many samples as the header says, each of a format there is. Agents leave octets behind them.
bool looks_like_sflow5(ByteReader reader) {
  constexpr std::uint32_t kMostSamples = 1000;
  constexpr std::uint32_t kEnterprise = 0xfffff000;
  constexpr std::uint32_t kLastFormat = 5;
  if (reader.read_u16() != 5) return false;
  const auto family = reader.read_u32();
  if (family != 1 && family != 2) return false;
  reader.skip((family == 1 ? 4 : 16) + 12);  // agent, sub-agent, sequence, uptime
  const auto samples = reader.read_u32();
  if (!reader.ok() || samples > kMostSamples) return false;
  for (std::uint32_t i = 0; i < samples; ++i) {
    const auto format = reader.read_u32();
    const auto length = reader.read_u32();
    reader.skip(length);
    const bool known = (format & kEnterprise) != 0 || (format >= 1 && format <= kLastFormat);
    if (!reader.ok() || !known) return false;
  }
  return samples > 0 || reader.at_end();
}

}  // namespace

bool looks_like_export(std::span<const std::byte> payload) {
  ByteReader reader(payload);
  switch (reader.read_u16()) {
    case 0:
      return looks_like_sflow5(reader);
    case 5:
      return looks_like_netflow5(reader);
    case 9:
      return looks_like_netflow9(reader);
    case 10:
      return looks_like_ipfix(reader);
    default:
      return false;
  }
}

}  // namespace noroshi
