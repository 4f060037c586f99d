#include "decode/template/program.h"

#include <algorithm>
#include <initializer_list>

namespace noroshi {
namespace {

struct Candidate {
  ElementMapping mapping;
  std::uint16_t width;
  std::uint16_t anchor;
  std::uint16_t offset;
};

bool width_fits(Encoding encoding, std::uint16_t width) {
  switch (encoding) {
    case Encoding::kIpv4:
      return width == 4;
    case Encoding::kIpv6:
      return width == 16;
    case Encoding::kMicroseconds:
    case Encoding::kNanoseconds:
      return width == 8;
    default:
      return width > 0 && width <= 256;
  }
}

bool contains(const TemplateDefinition& definition, std::uint32_t enterprise,
              std::uint16_t element) {
  return std::any_of(definition.fields.begin(), definition.fields.end(), [&](const auto& field) {
    return field.enterprise == enterprise && field.element == element && field.length > 0;
  });
}

/// 231/232 (298/299) are the two directions of one conversation only together. Then they are what
/// both columns need; 231 alone is a last resort, and 232 alone is another vendor's element
/// (Huawei's v9 has one).
std::optional<ElementMapping> settle_pair(const TemplateDefinition& definition,
                                          ElementMapping mapping) {
  const auto pair = [&](std::uint16_t forward, std::uint16_t reverse) {
    const bool both = contains(definition, kIana, forward) && contains(definition, kIana, reverse);
    const bool is_forward = mapping.element == forward;
    if (both && is_forward) mapping.group = 0;
    return both || is_forward;
  };
  if (mapping.enterprise != kIana) return mapping;
  switch (mapping.element) {
    case 231:
    case 232:
      if (!pair(231, 232)) return std::nullopt;
      break;
    case 298:
    case 299:
      if (!pair(298, 299)) return std::nullopt;
      break;
    // The plain counters step back before a pair: they count one direction or both, who knows.
    case 1:
    case 23:
      if (contains(definition, kIana, 231) && contains(definition, kIana, 232)) mapping.group = 1;
      break;
    case 2:
    case 24:
      if (contains(definition, kIana, 298) && contains(definition, kIana, 299)) mapping.group = 1;
      break;
    default:
      break;
  }
  return mapping;
}

bool counts_moved_traffic(const TemplateDefinition& definition) {
  for (const std::uint16_t element : std::initializer_list<std::uint16_t>{1, 2, 23, 24, 86})
    if (contains(definition, kIana, element)) return true;
  return false;
}

}  // namespace

Program compile(const TemplateDefinition& definition) {
  Program program;
  program.shortest_record = definition.shortest_record();

  std::vector<Candidate> candidates;
  const auto add = [&](const Candidate& candidate) {
    const auto same = std::find_if(candidates.begin(), candidates.end(), [&](const auto& earlier) {
      return earlier.mapping.enterprise == candidate.mapping.enterprise &&
             earlier.mapping.element == candidate.mapping.element;
    });
    if (same != candidates.end())
      *same = candidate;
    else
      candidates.push_back(candidate);
  };

  std::uint16_t anchor = 0;
  std::uint16_t offset = 0;
  for (const auto& field : definition.fields) {
    const bool variable = field.length == kVariableLength;
    if (const auto* known = find_mapping(field.enterprise, field.element); known != nullptr) {
      if (known->encoding == Encoding::kOctets) {
        program.section =
            Section{anchor, offset, field.length, known->quantity == Quantity::kFrameSection};
      } else if (!variable && width_fits(known->encoding, field.length)) {
        if (const auto mapping = settle_pair(definition, *known))
          add({*mapping, field.length, anchor, offset});
      }
    }
    if (variable) {
      program.fixed_runs.push_back(offset);
      ++anchor;
      offset = 0;
    } else {
      offset = static_cast<std::uint16_t>(offset + field.length);
    }
  }
  program.fixed_runs.push_back(offset);

  // Only the best group of each quantity; within it the least preferred first, so that the more
  // preferred overwrite it.
  const auto best_group = [&](Quantity quantity) {
    std::uint8_t best = 255;
    for (const auto& candidate : candidates)
      if (candidate.mapping.quantity == quantity) best = std::min(best, candidate.mapping.group);
    return best;
  };
  std::erase_if(candidates, [&](const Candidate& candidate) {
    return candidate.mapping.group != best_group(candidate.mapping.quantity);
  });
  std::stable_sort(candidates.begin(), candidates.end(), [](const auto& a, const auto& b) {
    if (a.mapping.quantity != b.mapping.quantity) return a.mapping.quantity < b.mapping.quantity;
    return a.mapping.order > b.mapping.order;
  });

  for (const auto& candidate : candidates) {
    const auto quantity = candidate.mapping.quantity;
    Instruction instruction{quantity,        candidate.mapping.encoding, Instruction::Mode::kSet,
                            candidate.width, candidate.anchor,           candidate.offset};
    const bool flags = quantity == Quantity::kTcpFlags || quantity == Quantity::kReverseTcpFlags;
    // Type and code may come apart, so ICMP always fills the zeros the row begins with.
    if (program.has(quantity) || quantity == Quantity::kIcmpMessage)
      instruction.mode = flags ? Instruction::Mode::kUnite : Instruction::Mode::kFill;
    program.quantities |= std::uint64_t{1} << static_cast<unsigned>(quantity);
    if (quantity == Quantity::kFirst)
      program.first_is_uptime = instruction.encoding == Encoding::kUptime;
    if (quantity == Quantity::kLast)
      program.last_is_uptime = instruction.encoding == Encoding::kUptime;
    program.instructions.push_back(instruction);
  }

  if (program.has(Quantity::kEvent) && !counts_moved_traffic(definition))
    program.kind = FlowKind::kEvent;
  else if (program.has(Quantity::kReverseBytes) || program.has(Quantity::kReversePackets))
    program.kind = FlowKind::kBidirectional;
  return program;
}

}  // namespace noroshi
