#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <span>
#include <utility>
#include <vector>

#include "base/byte_writer.h"
#include "decode/decoder.h"
#include "decode/template/definition.h"

// Export messages made for tests, benchmarks and fuzzing: any field of any length, right or wrong.
// Not the encoder of the product (encode/), which writes only what is well formed.
namespace noroshi::for_test {

using Bytes = std::vector<std::byte>;

inline Bytes integer(std::uint64_t value, std::size_t width) {
  Bytes bytes(width);
  for (std::size_t i = 0; i < width; ++i, value >>= 8)
    bytes[width - 1 - i] = static_cast<std::byte>(value & 0xff);
  return bytes;
}

/// The bytes of 2001:db8::n.
inline Bytes ipv6(std::uint64_t n) {
  Bytes bytes = integer(0x20010db8'00000000, 8);
  const auto low = integer(n, 8);
  bytes.insert(bytes.end(), low.begin(), low.end());
  return bytes;
}

/// A field of variable length as RFC 7011 §7 writes it, in the short or the long form.
inline Bytes variable(std::span<const std::byte> content, bool long_form = false) {
  ByteWriter writer;
  if (long_form || content.size() >= 255) {
    writer.write_u8(255);
    writer.write_u16(static_cast<std::uint16_t>(content.size()));
  } else {
    writer.write_u8(static_cast<std::uint8_t>(content.size()));
  }
  writer.write_bytes(content);
  return writer.take();
}

inline Bytes joined(std::initializer_list<Bytes> parts) {
  Bytes bytes;
  for (const auto& part : parts) bytes.insert(bytes.end(), part.begin(), part.end());
  return bytes;
}

/// Writes one NetFlow v9 datagram or IPFIX message, set by set.
class MessageBuilder {
 public:
  struct Header {
    std::uint32_t seconds = 1'700'000'000;
    std::uint32_t uptime = 3'600'000;  ///< v9 only
    std::uint32_t sequence = 0;
    std::uint32_t domain = 7;
  };

  MessageBuilder(ExportProtocol protocol, Header header)
      : ipfix_(protocol == ExportProtocol::kIpfix) {
    writer_.write_u16(ipfix_ ? 10 : 9);
    writer_.write_u16(1);  // v9: the count, which nobody may rely on; IPFIX: patched in finish()
    if (!ipfix_) writer_.write_u32(header.uptime);
    writer_.write_u32(header.seconds);
    writer_.write_u32(header.sequence);
    writer_.write_u32(header.domain);
  }
  explicit MessageBuilder(ExportProtocol protocol) : MessageBuilder(protocol, Header()) {}

  /// A set of whatever bytes; `claimed_length` replaces its true length if not 0.
  MessageBuilder& set(std::uint16_t id, std::span<const std::byte> content,
                      std::uint16_t claimed_length = 0) {
    writer_.write_u16(id);
    writer_.write_u16(claimed_length != 0 ? claimed_length
                                          : static_cast<std::uint16_t>(content.size() + 4));
    writer_.write_bytes(content);
    return *this;
  }

  /// The definition as a template record or options template record.
  [[nodiscard]] Bytes record_of(std::uint16_t id, const TemplateDefinition& definition) const {
    ByteWriter writer;
    writer.write_u16(id);
    const auto fields = definition.fields.size();
    if (!definition.is_options) {
      writer.write_u16(static_cast<std::uint16_t>(fields));
    } else if (ipfix_) {
      writer.write_u16(static_cast<std::uint16_t>(fields));
      writer.write_u16(static_cast<std::uint16_t>(definition.scope_fields));
    } else {
      writer.write_u16(static_cast<std::uint16_t>(definition.scope_fields * 4));
      writer.write_u16(static_cast<std::uint16_t>((fields - definition.scope_fields) * 4));
    }
    for (const auto& field : definition.fields) {
      const bool enterprise = ipfix_ && field.enterprise != kIana;
      writer.write_u16(static_cast<std::uint16_t>(field.element | (enterprise ? 0x8000 : 0)));
      writer.write_u16(field.length);
      if (enterprise) writer.write_u32(field.enterprise);
    }
    return writer.take();
  }

  MessageBuilder& define(std::uint16_t id, const TemplateDefinition& definition) {
    const auto record = record_of(id, definition);
    const std::uint16_t first = ipfix_ ? 2 : 0;
    return set(definition.is_options ? static_cast<std::uint16_t>(first + 1) : first, record);
  }
  MessageBuilder& define(std::uint16_t id, std::vector<FieldSpecifier> fields) {
    return define(id, TemplateDefinition{std::move(fields), 0, false});
  }
  MessageBuilder& define_options(std::uint16_t id, std::size_t scopes,
                                 std::vector<FieldSpecifier> fields) {
    return define(id, TemplateDefinition{std::move(fields), scopes, true});
  }

  MessageBuilder& bytes(std::span<const std::byte> bytes) {
    writer_.write_bytes(bytes);
    return *this;
  }

  [[nodiscard]] Bytes finish() {
    if (ipfix_) writer_.patch_u16(2, static_cast<std::uint16_t>(writer_.size()));
    return writer_.take();
  }

 private:
  bool ipfix_;
  ByteWriter writer_;
};

/// The 19 fields that a router exports of an IPv4 flow. `milliseconds`: times in 152/153, as IPFIX
/// has them, else in 22/21.
inline TemplateDefinition router_template(bool milliseconds) {
  const auto time = [milliseconds](std::uint16_t absolute, std::uint16_t uptime) {
    return milliseconds ? FieldSpecifier{kIana, absolute, 8} : FieldSpecifier{kIana, uptime, 4};
  };
  return {{{kIana, 8, 4},
           {kIana, 12, 4},
           {kIana, 15, 4},
           {kIana, 10, 4},
           {kIana, 14, 4},
           {kIana, 2, 4},
           {kIana, 1, 4},
           time(152, 22),
           time(153, 21),
           {kIana, 7, 2},
           {kIana, 11, 2},
           {kIana, 6, 1},
           {kIana, 4, 1},
           {kIana, 5, 1},
           {kIana, 16, 4},
           {kIana, 17, 4},
           {kIana, 9, 1},
           {kIana, 13, 1},
           {kIana, 61, 1}},
          0,
          false};
}

/// One record of router_template(): flow number `n`.
inline Bytes router_record(bool milliseconds, std::uint32_t n) {
  constexpr std::uint64_t kFirst = 1'699'999'990'000;
  return joined(
      {integer(0x0a000000 + n, 4), integer(0xc0000200 + n % 250, 4), integer(0xc0000201, 4),
       integer(3, 4), integer(4, 4), integer(n % 100 + 1, 4), integer(n % 100 * 700 + 40, 4),
       milliseconds ? integer(kFirst + n % 5000, 8) : integer(3'590'000 + n % 5000, 4),
       milliseconds ? integer(kFirst + 5000 + n % 5000, 8) : integer(3'595'000 + n % 5000, 4),
       integer(1024 + n % 50'000, 2), integer(443, 2), integer(0x1b, 1), integer(6, 1),
       integer(0, 1), integer(64'500, 4), integer(64'501, 4), integer(24, 1), integer(24, 1),
       integer(0, 1)});
}

/// One NetFlow v5 datagram of `count` flows; the header may claim another count.
inline Bytes netflow5(std::uint16_t count, std::uint16_t claimed_count, std::uint16_t sampling = 0,
                      std::uint32_t sequence = 0) {
  ByteWriter writer;
  writer.write_u16(5);
  writer.write_u16(claimed_count);
  writer.write_u32(3'600'000);
  writer.write_u32(1'700'000'000);
  writer.write_u32(250'000'000);
  writer.write_u32(sequence);
  writer.write_u16(0x0203);
  writer.write_u16(sampling);
  for (std::uint32_t n = 0; n < count; ++n) {
    writer.write_u32(0x0a000000 + n);
    writer.write_u32(0xc0000201);
    writer.write_u32(0xc00002fe);
    writer.write_u16(3);
    writer.write_u16(4);
    writer.write_u32(n + 1);
    writer.write_u32(n * 100 + 40);
    writer.write_u32(3'590'000 + n);
    writer.write_u32(3'595'000 + n);
    writer.write_u16(static_cast<std::uint16_t>(1024 + n));
    writer.write_u16(443);
    writer.write_u8(0);
    writer.write_u8(0x1b);
    writer.write_u8(6);
    writer.write_u8(0);
    writer.write_u16(64'500);
    writer.write_u16(64'501);
    writer.write_u8(24);
    writer.write_u8(24);
    writer.write_u16(0);
  }
  return writer.take();
}

inline Datagram datagram_of(std::span<const std::byte> payload) {
  return {IpAddress::from_v4(0xc6336401), Port{2055}, from_unix_milliseconds(1'700'000'001'000),
          payload};
}

}  // namespace noroshi::for_test
