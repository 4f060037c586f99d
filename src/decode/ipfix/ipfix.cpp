#include "decode/ipfix/ipfix.h"

#include "base/byte_reader.h"
#include "decode/template/sets.h"

namespace noroshi {
namespace {

constexpr std::size_t kHeader = 16;
constexpr std::uint16_t kTemplateSet = 2;
constexpr std::uint16_t kOptionsTemplateSet = 3;

/// RFC 7011 §3.2: with the top bit of the element set, an enterprise number follows. Elements of
/// enterprise 0 so written are IANA's all the same.
FieldSpecifier read_field(ByteReader& reader) {
  constexpr std::uint16_t kEnterpriseBit = 0x8000;
  const auto element = reader.read_u16();
  const auto length = reader.read_u16();
  const bool enterprise = (element & kEnterpriseBit) != 0;
  return {enterprise ? reader.read_u32() : kIana,
          static_cast<std::uint16_t>(element & (kEnterpriseBit - 1)), length};
}

/// RFC 7011 §8.1: a template record without fields takes back that template, or, under the number
/// of the set, all of that kind.
void withdraw(const MessageContext& context, std::uint16_t set_id, std::uint16_t template_id) {
  if (context.config.transport == Transport::kDatagrams) return;
  if (template_id == set_id)
    context.sessions.withdraw_all(context.session, set_id == kOptionsTemplateSet,
                                  context.statistics);
  else
    context.sessions.withdraw(context.session, template_id, context.statistics);
}

void read_templates(const MessageContext& context, std::uint16_t set_id,
                    std::span<const std::byte> content) {
  const bool options = set_id == kOptionsTemplateSet;
  ByteReader reader(content);
  while (!is_padding(reader.rest())) {
    const auto template_id = reader.read_u16();
    const std::size_t count = reader.read_u16();
    const bool names_all = template_id == set_id && count == 0;
    if (!reader.ok() || (template_id < kFirstTemplate && !names_all)) {
      // A number that cannot be means that what follows is no definition either.
      context.statistics.count(Undecodable::kMalformedTemplate);
      return;
    }
    if (count == 0) {
      withdraw(context, set_id, template_id);
      continue;
    }
    TemplateDefinition definition;
    definition.is_options = options;
    if (options) definition.scope_fields = reader.read_u16();
    for (std::size_t i = 0; i < count && reader.ok(); ++i)
      definition.fields.push_back(read_field(reader));
    // §3.4.2.2: an options template has at least one scope, and no more than it has fields.
    const bool scopes_fit =
        !options || (definition.scope_fields >= 1 && definition.scope_fields <= count);
    if (!reader.ok()) {
      context.statistics.count(Undecodable::kMalformedTemplate);
      return;
    }
    if (scopes_fit)
      accept_template(context, template_id, std::move(definition));
    else
      context.statistics.count(Undecodable::kMalformedTemplate);
  }
}

/// IPFIX counts data records, options included. After a message whose records could not all be
/// counted nobody knows what the next number should be.
void follow_sequence(Session& session, std::uint32_t sequence, SetOutcome outcome,
                     DecodeStatistics& statistics) {
  count(session.sequence.observe(sequence, outcome.records, outcome.of_options),
        &DecodeStatistics::lost_records, statistics);
  if (!outcome.complete) session.sequence.lose_track();
}

}  // namespace

bool decode_ipfix(const Datagram& datagram, const Decoder::Config& config, SessionTable& sessions,
                  Workspace& workspace, FlowBatch& batch, DecodeStatistics& statistics) {
  const auto bytes = datagram.payload;
  ByteReader reader(bytes);
  reader.skip(2);  // version
  const std::size_t length = reader.read_u16();
  const std::uint64_t seconds = reader.read_u32();
  const auto sequence = reader.read_u32();
  const auto observation_domain_id = reader.read_u32();
  if (!reader.ok() || length < kHeader) {
    statistics.count(Undecodable::kTruncatedHeader);
    return false;
  }
  ++statistics.datagrams;
  auto& session = sessions.open(
      {datagram.exporter, config.port_in_session_key ? datagram.exporter_port : Port{},
       ExportProtocol::kIpfix, observation_domain_id},
      statistics);
  const ExportMessage message{ExportTime(seconds * 1000, datagram.received), datagram.exporter,
                              observation_domain_id, std::nullopt};
  const MessageContext context{config, sessions, session, message, workspace, batch, statistics};
  SetOutcome outcome;
  const auto walk = for_each_set(reader.rest(), length - kHeader, statistics,
                                 [&](std::uint16_t set_id, std::span<const std::byte> content) {
                                   if (set_id == kTemplateSet || set_id == kOptionsTemplateSet) {
                                     read_templates(context, set_id, content);
                                     return;
                                   }
                                   const auto set = decode_data_set(context, set_id, content);
                                   outcome.records += set.records;
                                   outcome.of_options += set.of_options;
                                   outcome.complete = outcome.complete && set.complete;
                                 });
  outcome.complete = outcome.complete && walk.whole && length <= bytes.size();
  follow_sequence(session, sequence, outcome, statistics);
  if (walk.whole && !all_zero(reader.rest().subspan(walk.end)))
    statistics.count(Undecodable::kUnsupportedFeature);
  return true;
}

}  // namespace noroshi
