#include "guard/policy/fields.h"

#include <fmt/format.h>

#include <array>
#include <initializer_list>
#include <type_traits>
#include <variant>

namespace noroshi {
namespace {

using enum FlowField;

constexpr std::string_view kNames[] = {
#define NOROSHI_FLOW_FIELD(name, type) #name,
    NOROSHI_FLOW_FIELDS(NOROSHI_FLOW_FIELD)
#undef NOROSHI_FLOW_FIELD
};
static_assert(std::size(kNames) == kFlowFields);

FieldSet set_of(std::initializer_list<FlowField> fields) {
  FieldSet set;
  for (const auto field : fields) set.set(static_cast<std::size_t>(field));
  return set;
}

struct Group {
  std::string_view name;
  FieldSet fields;
};

const std::array<Group, 11>& groups() {
  static const std::array<Group, 11> kGroups = {{
      {"times", set_of({first, last, received})},
      {"counts", set_of({kind, packets, bytes, reverse_packets, reverse_bytes, sampling_rate})},
      {"addresses", set_of({source_address, destination_address})},
      {"ports", set_of({source_port, destination_port})},
      {"protocols", set_of({protocol, tcp_flags, reverse_tcp_flags, icmp_type, icmp_code})},
      {"exporters", set_of({exporter, observation_domain_id})},
      {"interfaces", set_of({input_interface, output_interface, vlan, direction})},
      {"origins", set_of({source_as, destination_as, source_country, destination_country})},
      {"next_hop", set_of({next_hop})},
      {"translation", set_of({event, translated_source_address, translated_destination_address,
                              translated_source_port, translated_destination_port})},
      {"end_reason", set_of({end_reason})},
  }};
  return kGroups;
}

}  // namespace

std::string_view name_of(FlowField field) { return kNames[static_cast<std::size_t>(field)]; }

FieldSet every_field() { return FieldSet().set(); }

FieldSet fields_of_every_answer() { return groups()[0].fields | groups()[1].fields; }

Result<FieldSet> parse_fields(std::string_view word) {
  if (word == "all") return every_field();
  for (const auto& group : groups())
    if (group.name == word) return group.fields;
  for (std::size_t at = 0; at < kFlowFields; ++at)
    if (kNames[at] == word) return FieldSet().set(at);
  if (const auto element = parse_element(word)) return fields_of(*element);
  std::string known = "all";
  for (const auto& group : groups()) known += fmt::format(", {}", group.name);
  return failure(ErrorCode::kInvalidArgument,
                 fmt::format("'{}' is no field of a flow; known are {}, the elements of noroshi "
                             "flows and the columns of a flow",
                             word, known));
}

std::vector<std::string> words_of(const FieldSet& fields) {
  if (fields.all()) return {"all"};
  std::vector<std::string> words;
  for (const auto& group : groups()) {
    const auto here = group.fields & fields;
    if (here == group.fields) {
      words.emplace_back(group.name);
      continue;
    }
    for (std::size_t at = 0; at < kFlowFields; ++at)
      if (here.test(at)) words.emplace_back(kNames[at]);
  }
  return words;
}

FieldSet fields_of(Element element) {
  switch (element) {
    case Element::kSourceAddress:
      return set_of({source_address});
    case Element::kDestinationAddress:
      return set_of({destination_address});
    case Element::kAnyAddress:
      return set_of({source_address, destination_address});
    case Element::kSourcePort:
      return set_of({source_port});
    case Element::kDestinationPort:
      return set_of({destination_port});
    case Element::kAnyPort:
      return set_of({source_port, destination_port});
    case Element::kProtocol:
      return set_of({protocol});
    case Element::kSourceAs:
      return set_of({source_as});
    case Element::kDestinationAs:
      return set_of({destination_as});
    case Element::kAnyAs:
      return set_of({source_as, destination_as});
    case Element::kInputInterface:
      return set_of({input_interface});
    case Element::kOutputInterface:
      return set_of({output_interface});
    case Element::kAnyInterface:
      return set_of({input_interface, output_interface});
    case Element::kVlan:
      return set_of({vlan});
    case Element::kExporter:
      return set_of({exporter});
    case Element::kNextHop:
      return set_of({next_hop});
    case Element::kObservationDomain:
      return set_of({observation_domain_id});
    case Element::kSourceCountry:
      return set_of({source_country});
    case Element::kDestinationCountry:
      return set_of({destination_country});
    case Element::kAnyCountry:
      return set_of({source_country, destination_country});
    case Element::kTcpFlags:
      return set_of({tcp_flags});
    case Element::kSamplingRate:
      return set_of({sampling_rate});
  }
  return every_field();
}

FieldSet fields_of(TrendSplit split) {
  switch (split) {
    case TrendSplit::kNone:
      return {};
    case TrendSplit::kProtocol:
      return set_of({protocol});
    case TrendSplit::kService:
      return set_of({protocol, source_port, destination_port});
    case TrendSplit::kSourceAs:
      return set_of({source_as});
    case TrendSplit::kDestinationAs:
      return set_of({destination_as});
    case TrendSplit::kSourceCountry:
      return set_of({source_country});
    case TrendSplit::kDestinationCountry:
      return set_of({destination_country});
    case TrendSplit::kInputInterface:
      return set_of({exporter, input_interface});
    case TrendSplit::kOutputInterface:
      return set_of({exporter, output_interface});
    case TrendSplit::kExporter:
      return set_of({exporter});
  }
  return every_field();
}

FieldSet fields_of(Number number) {
  switch (number) {
    case Number::kKind:
      return set_of({kind});
    case Number::kFirst:
      return set_of({first});
    case Number::kLast:
      return set_of({last});
    case Number::kReceived:
      return set_of({received});
    case Number::kDuration:
      return set_of({first, last});
    case Number::kProtocol:
      return set_of({protocol});
    case Number::kSourcePort:
      return set_of({source_port});
    case Number::kDestinationPort:
      return set_of({destination_port});
    case Number::kTcpFlags:
      return set_of({tcp_flags});
    case Number::kPackets:
      return set_of({packets, reverse_packets});
    case Number::kBytes:
      return set_of({bytes, reverse_bytes});
    case Number::kPacketsPerSecond:
      return set_of({packets, reverse_packets, first, last});
    case Number::kBitsPerSecond:
      return set_of({bytes, reverse_bytes, first, last});
    case Number::kBytesPerPacket:
      return set_of({bytes, reverse_bytes, packets, reverse_packets});
    case Number::kSamplingRate:
      return set_of({sampling_rate});
    case Number::kObservationDomain:
      return set_of({observation_domain_id});
    case Number::kInputInterface:
      return set_of({input_interface});
    case Number::kOutputInterface:
      return set_of({output_interface});
    case Number::kSourceAs:
      return set_of({source_as});
    case Number::kDestinationAs:
      return set_of({destination_as});
    case Number::kSourceCountry:
      return set_of({source_country});
    case Number::kDestinationCountry:
      return set_of({destination_country});
    case Number::kVlan:
      return set_of({vlan});
    case Number::kDirection:
      return set_of({direction});
    case Number::kIcmpType:
      return set_of({icmp_type});
    case Number::kIcmpCode:
      return set_of({icmp_code});
    case Number::kEvent:
      return set_of({event});
    case Number::kTranslatedSourcePort:
      return set_of({translated_source_port});
    case Number::kTranslatedDestinationPort:
      return set_of({translated_destination_port});
    case Number::kEndReason:
      return set_of({end_reason});
  }
  return every_field();
}

FieldSet fields_of(AddressColumn column) {
  switch (column) {
    case AddressColumn::kSource:
      return set_of({source_address});
    case AddressColumn::kDestination:
      return set_of({destination_address});
    case AddressColumn::kExporter:
      return set_of({exporter});
    case AddressColumn::kNextHop:
      return set_of({next_hop});
    case AddressColumn::kTranslatedSource:
      return set_of({translated_source_address});
    case AddressColumn::kTranslatedDestination:
      return set_of({translated_destination_address});
  }
  return every_field();
}

FieldSet fields_of(const Condition& condition) {
  return std::visit(
      [](const auto& node) -> FieldSet {
        using Node = std::decay_t<decltype(node)>;
        if constexpr (std::is_same_v<Node, Everything>) {
          return {};
        } else if constexpr (std::is_same_v<Node, NumberIs> || std::is_same_v<Node, NumberIn>) {
          return fields_of(node.number);
        } else if constexpr (std::is_same_v<Node, AddressIn>) {
          return fields_of(node.column);
        } else if constexpr (std::is_same_v<Node, FlagsAre>) {
          return set_of({protocol, tcp_flags});
        } else if constexpr (std::is_same_v<Node, FamilyIs>) {
          return set_of({protocol});  // IPv4 or IPv6 tells no more than that
        } else {
          FieldSet all;
          for (const auto& part : node.parts) all |= fields_of(part);
          return all;
        }
      },
      condition.node);
}

}  // namespace noroshi
