#include "decode/export_header.h"

#include "base/byte_reader.h"

namespace noroshi {
namespace {

ExportHeader read_netflow5(ByteReader reader) {
  reader.skip(6);  // count, uptime
  const std::uint64_t seconds = reader.read_u32();
  const std::uint64_t nanoseconds = reader.read_u32();
  reader.skip(4);  // sequence
  const auto engine = reader.read_u16();
  reader.skip(2);  // sampling
  if (!reader.ok()) return {};
  return {ExportKind::kNetflow5, engine, seconds * 1000 + nanoseconds / 1'000'000};
}

ExportHeader read_netflow9(ByteReader reader) {
  reader.skip(6);  // count, uptime
  const std::uint64_t seconds = reader.read_u32();
  reader.skip(4);  // sequence
  const auto source_id = reader.read_u32();
  if (!reader.ok()) return {};
  return {ExportKind::kNetflow9, source_id, seconds * 1000};
}

ExportHeader read_ipfix(ByteReader reader) {
  reader.skip(2);  // length
  const std::uint64_t seconds = reader.read_u32();
  reader.skip(4);  // sequence
  const auto domain = reader.read_u32();
  if (!reader.ok()) return {};
  return {ExportKind::kIpfix, domain, seconds * 1000};
}

ExportHeader read_sflow(ByteReader reader) {
  constexpr std::uint32_t kIpv4 = 1;
  constexpr std::uint32_t kIpv6 = 2;
  if (reader.read_u16() != 5) return {};
  const auto family = reader.read_u32();
  reader.skip(family == kIpv4 ? 4 : family == kIpv6 ? 16 : 0);
  const auto sub_agent = reader.read_u32();
  if (!reader.ok()) return {};
  return {ExportKind::kSflow5, sub_agent, 0};
}

}  // namespace

std::string_view to_string(ExportKind kind) {
  switch (kind) {
    case ExportKind::kNetflow5:
      return "netflow5";
    case ExportKind::kNetflow9:
      return "netflow9";
    case ExportKind::kIpfix:
      return "ipfix";
    case ExportKind::kSflow5:
      return "sflow";
    case ExportKind::kUnknown:
      break;
  }
  return "unknown";
}

ExportHeader read_export_header(std::span<const std::byte> payload) {
  ByteReader reader(payload);
  switch (reader.read_u16()) {
    case 0:  // sFlow's version takes four octets
      return read_sflow(reader);
    case 5:
      return read_netflow5(reader);
    case 9:
      return read_netflow9(reader);
    case 10:
      return read_ipfix(reader);
    default:
      return {};
  }
}

}  // namespace noroshi
