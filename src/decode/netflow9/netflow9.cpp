#include "decode/netflow9/netflow9.h"

#include "base/byte_reader.h"
#include "decode/template/sets.h"

namespace noroshi {
namespace {

constexpr std::uint16_t kTemplateSet = 0;
constexpr std::uint16_t kOptionsTemplateSet = 1;
constexpr std::size_t kFieldSpecifier = 4;

void read_fields(ByteReader& reader, std::size_t count, std::uint32_t enterprise,
                 TemplateDefinition& definition) {
  for (std::size_t i = 0; i < count && reader.ok(); ++i) {
    const auto element = reader.read_u16();
    definition.fields.push_back({enterprise, element, reader.read_u16()});
  }
}

void read_templates(const MessageContext& context, std::span<const std::byte> content) {
  ByteReader reader(content);
  while (!is_padding(reader.rest())) {
    const auto template_id = reader.read_u16();
    const auto count = reader.read_u16();
    TemplateDefinition definition;
    read_fields(reader, count, kIana, definition);
    // A number that cannot be means that what follows is no definition either.
    if (!reader.ok() || template_id < kFirstTemplate) {
      context.statistics.count(Undecodable::kMalformedTemplate);
      return;
    }
    accept_template(context, template_id, std::move(definition));
  }
}

void read_options_templates(const MessageContext& context, std::span<const std::byte> content) {
  ByteReader reader(content);
  while (!is_padding(reader.rest())) {
    const auto template_id = reader.read_u16();
    const std::size_t scope_octets = reader.read_u16();
    const std::size_t option_octets = reader.read_u16();
    TemplateDefinition definition;
    definition.is_options = true;
    definition.scope_fields = scope_octets / kFieldSpecifier;
    read_fields(reader, definition.scope_fields, kNetflow9Scope, definition);
    read_fields(reader, option_octets / kFieldSpecifier, kIana, definition);
    if (!reader.ok() || template_id < kFirstTemplate || scope_octets % kFieldSpecifier != 0 ||
        option_octets % kFieldSpecifier != 0) {
      context.statistics.count(Undecodable::kMalformedTemplate);
      return;
    }
    accept_template(context, template_id, std::move(definition));
  }
}

}  // namespace

bool decode_netflow9(const Datagram& datagram, const Decoder::Config& config,
                     SessionTable& sessions, Workspace& workspace, FlowBatch& batch,
                     DecodeStatistics& statistics) {
  ByteReader reader(datagram.payload);
  reader.skip(4);  // version and count
  const auto uptime = reader.read_u32();
  const std::uint64_t seconds = reader.read_u32();
  const auto sequence = reader.read_u32();
  const auto source_id = reader.read_u32();
  if (!reader.ok()) {
    statistics.count(Undecodable::kTruncatedHeader);
    return false;
  }
  ++statistics.datagrams;
  auto& session = sessions.open(
      {datagram.exporter, config.port_in_session_key ? datagram.exporter_port : Port{},
       ExportProtocol::kNetflow9, source_id},
      statistics);
  count(session.sequence.observe(sequence, 1), &DecodeStatistics::lost_datagrams, statistics);

  const ExportMessage message{ExportTime(seconds * 1000, datagram.received), datagram.exporter,
                              source_id, uptime};
  const MessageContext context{config, sessions, session, message, workspace, batch, statistics};
  for_each_set(reader.rest(), reader.remaining(), statistics,
               [&](std::uint16_t set_id, std::span<const std::byte> content) {
                 if (set_id == kTemplateSet)
                   read_templates(context, content);
                 else if (set_id == kOptionsTemplateSet)
                   read_options_templates(context, content);
                 else
                   decode_data_set(context, set_id, content);
               });
  return true;
}

}  // namespace noroshi
