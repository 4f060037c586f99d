#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace noroshi {

/// The protocols that collectors receive.
enum class ExportKind : std::uint8_t { kUnknown, kNetflow5, kNetflow9, kIpfix, kSflow5 };
inline constexpr std::size_t kExportKinds = 5;

/// "netflow5", "netflow9", "ipfix", "sflow"; "unknown".
[[nodiscard]] std::string_view to_string(ExportKind kind);

/// What the header of an export datagram says of its exporter.
struct ExportHeader {
  ExportKind kind = ExportKind::kUnknown;
  std::uint32_t observation_domain_id = 0;  ///< as in FlowBatch: also engine, source id, sub-agent
  std::uint64_t export_time = 0;            ///< ms since 1970; 0: the protocol has none (sFlow)
};

/// Reads the header alone; kUnknown when it is not whole or of another protocol. That it is read
/// here does not mean that Decoder accepts the datagram.
[[nodiscard]] ExportHeader read_export_header(std::span<const std::byte> payload);

}  // namespace noroshi
