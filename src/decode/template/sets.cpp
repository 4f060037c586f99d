#include "decode/template/sets.h"

#include <algorithm>

#include "decode/template/options.h"

namespace noroshi {

bool all_zero(std::span<const std::byte> bytes) {
  return std::all_of(bytes.begin(), bytes.end(),
                     [](std::byte byte) { return byte == std::byte{}; });
}

namespace {

/// A template from before a restart serves for a limited time; nullptr once that is over.
Template* still_provisional(const MessageContext& context, std::uint16_t template_id,
                            Template* known) {
  const auto lifetime = static_cast<std::uint64_t>(context.config.provisional_lifetime.count());
  if (context.message.time.received() <= known->announced + lifetime) return known;
  context.sessions.expire(context.session, template_id);
  return nullptr;
}

}  // namespace

bool is_padding(std::span<const std::byte> bytes) { return bytes.size() < 4 || all_zero(bytes); }

SetOutcome decode_data_set(const MessageContext& context, std::uint16_t set_id,
                           std::span<const std::byte> content) {
  auto& statistics = context.statistics;
  // Set numbers 4 to 255 are reserved, 2 and 3 belong to IPFIX: no template can have them.
  auto* known = context.session.templates.find(set_id);
  if (known != nullptr && known->provisional) [[unlikely]]
    known = still_provisional(context, set_id, known);
  if (known == nullptr) {
    statistics.count(set_id < kFirstTemplate ? Undecodable::kUnsupportedFeature
                                             : Undecodable::kUnknownTemplate);
    return {.records = 0, .of_options = 0, .complete = set_id < kFirstTemplate};
  }
  RunResult result;
  if (known->definition.is_options) {
    const auto interfaces = context.session.interfaces.size();
    result = read_options(known->definition, content, context.message.time.received(),
                          context.session, statistics);
    context.sessions.settle_interfaces(context.session, interfaces, statistics);
  } else {
    const RunState state{context.session.sampling, context.session.system_start,
                         context.config.default_sampling_rate};
    result = run(known->program, content, context.message, state, context.workspace, context.batch,
                 statistics);
  }
  if (known->provisional) statistics.provisional_records += result.records;
  // A set without a record must be empty or nothing but zeros.
  const auto left_over = content.last(result.left_over);
  const bool whole = result.records > 0 ? is_padding(left_over) : all_zero(left_over);
  if (!whole) statistics.count(Undecodable::kMalformedRecord);
  const auto records = static_cast<std::uint32_t>(result.records);
  return {.records = records,
          .of_options = known->definition.is_options ? records : 0,
          .complete = whole};
}

void accept_template(const MessageContext& context, std::uint16_t template_id,
                     TemplateDefinition definition) {
  auto& statistics = context.statistics;
  if (!acceptable(template_id, definition))
    statistics.count(Undecodable::kMalformedTemplate);
  else if (definition.fields.size() > context.config.limits.fields_per_template)
    statistics.count(Undecodable::kOverLimit);
  else
    context.sessions.learn(context.session, template_id, std::move(definition),
                           context.message.time.received(), statistics);
}

}  // namespace noroshi
