#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace noroshi {

/// Protocols that are decoded through templates. NetFlow v5 has one, fixed, that we write
/// ourselves.
enum class ExportProtocol : std::uint8_t { kNetflow5, kNetflow9, kIpfix };

/// Templates are numbered from here; smaller numbers name kinds of sets (RFC 7011 §3.4.1).
inline constexpr std::uint16_t kFirstTemplate = 256;

/// The field length that says: the record itself carries the length (RFC 7011 §7).
inline constexpr std::uint16_t kVariableLength = 65'535;

/// Private enterprise numbers that mean something to us.
inline constexpr std::uint32_t kIana = 0;
inline constexpr std::uint32_t kCert = 6'871;         ///< YAF
inline constexpr std::uint32_t kReverse = 29'305;     ///< RFC 5103 §6.1
inline constexpr std::uint32_t kNetflow9Scope = ~0u;  ///< ours: v9 scope types, not elements
inline constexpr std::uint16_t kReverseBit = 0x4000;  ///< RFC 5103 §6.2, enterprise elements

/// One field of a template: which element, and how many octets it takes in a record.
struct FieldSpecifier {
  std::uint32_t enterprise = kIana;
  std::uint16_t element = 0;
  std::uint16_t length = 0;

  friend bool operator==(const FieldSpecifier&, const FieldSpecifier&) = default;
};

/// A template or options template as announced. Of an options template the first `scope_fields`
/// say what its records are about.
struct TemplateDefinition {
  std::vector<FieldSpecifier> fields;
  std::size_t scope_fields = 0;
  bool is_options = false;

  friend bool operator==(const TemplateDefinition&, const TemplateDefinition&) = default;

  /// The fewest octets one of its records can take.
  [[nodiscard]] std::size_t shortest_record() const {
    std::size_t length = 0;
    for (const auto& field : fields) length += field.length == kVariableLength ? 1 : field.length;
    return length;
  }
};

}  // namespace noroshi
