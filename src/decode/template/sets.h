#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/byte_reader.h"
#include "decode/session.h"
#include "decode/template/run.h"

namespace noroshi {

/// What decoding one message of NetFlow v9 or IPFIX works with and on.
struct MessageContext {
  const Decoder::Config& config;
  SessionTable& sessions;
  Session& session;
  const ExportMessage& message;
  Workspace& workspace;
  FlowBatch& batch;
  DecodeStatistics& statistics;
};

/// What a set has shown of the message's sequence number.
struct SetOutcome {
  std::uint32_t records = 0;
  std::uint32_t of_options = 0;  ///< of these
  bool complete = true;          ///< false: the set held records that could not be counted
};

/// Walks the sets of a message (RFC 7011 §3.3.2, RFC 3954 §5.2): a header of identifier and length,
/// then content. Calls `decode(set_id, content)` for each. Ends at the end of the message, in front
/// of a tail of zeros (Palo Alto fills its datagrams up), or at a length that cannot be, which is
/// counted and takes the rest of the message with it. Sets begin before `end`, where the message
/// says it ends; the last one may reach beyond it, if `sets` holds it.
struct SetWalk {
  std::size_t end = 0;  ///< where it ended
  bool whole = true;    ///< false: at a length that cannot be
};
template <typename Decode>
SetWalk for_each_set(std::span<const std::byte> sets, std::size_t end, DecodeStatistics& statistics,
                     Decode&& decode);

/// Decodes a data set or an options data set through the template of its number. Content that does
/// not divide into records is counted once: as an unknown template, or as a malformed record.
SetOutcome decode_data_set(const MessageContext& context, std::uint16_t set_id,
                           std::span<const std::byte> content);

/// Puts a definition read from a template set in force, unless it breaks a rule or a limit, which
/// is counted and leaves what was in force before.
void accept_template(const MessageContext& context, std::uint16_t template_id,
                     TemplateDefinition definition);

/// True when nothing but zeros is left.
[[nodiscard]] bool all_zero(std::span<const std::byte> bytes);

/// True for what may stand behind the last record of a set: up to three octets of anything, since
/// exporters align sets to four and some do not clear what they skip; more only if zero.
[[nodiscard]] bool is_padding(std::span<const std::byte> bytes);

// --- implementation of the template

template <typename Decode>
SetWalk for_each_set(std::span<const std::byte> sets, std::size_t end, DecodeStatistics& statistics,
                     Decode&& decode) {
  constexpr std::size_t kSetHeader = 4;
  ByteReader reader(sets);
  while (!reader.at_end() && reader.position() < end) {
    if (all_zero(reader.rest())) return {sets.size(), true};
    const auto set_id = reader.read_u16();
    const std::size_t length = reader.read_u16();
    if (!reader.ok() || length < kSetHeader || length - kSetHeader > reader.remaining()) {
      statistics.count(Undecodable::kMalformedSet);
      return {reader.position(), false};
    }
    decode(set_id, reader.read_bytes(length - kSetHeader));
  }
  return {reader.position(), true};
}

}  // namespace noroshi
