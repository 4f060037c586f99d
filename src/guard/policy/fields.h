#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "filter/condition.h"
#include "model/flow_batch.h"
#include "question/question.h"
#include "question/trend.h"

namespace noroshi {

/// The columns of a FlowBatch, in their order and under their own names.
enum class FlowField : std::uint8_t {
#define NOROSHI_FLOW_FIELD(name, type) name,
  NOROSHI_FLOW_FIELDS(NOROSHI_FLOW_FIELD)
#undef NOROSHI_FLOW_FIELD
};
#define NOROSHI_FLOW_FIELD(name, type) +1
inline constexpr std::size_t kFlowFields = 0 NOROSHI_FLOW_FIELDS(NOROSHI_FLOW_FIELD);
#undef NOROSHI_FLOW_FIELD

/// Some columns of a flow, each at its number: what a purpose may see, or what a question looks at.
using FieldSet = std::bitset<kFlowFields>;

[[nodiscard]] std::string_view name_of(FlowField field);
[[nodiscard]] FieldSet every_field();
/// Times and counts: part of every answer, so that no policy needs to name them.
[[nodiscard]] FieldSet fields_of_every_answer();

/// What a word of a policy means: a group ("addresses"), an element as questions name them
/// ("srcip"), a column ("source_address"), or "all". kInvalidArgument names the known ones.
[[nodiscard]] Result<FieldSet> parse_fields(std::string_view word);
/// The fewest words that parse_fields reads back: groups where they are whole, else columns.
[[nodiscard]] std::vector<std::string> words_of(const FieldSet& fields);

// The columns that a part of a question looks at.
[[nodiscard]] FieldSet fields_of(Element element);
[[nodiscard]] FieldSet fields_of(TrendSplit split);
[[nodiscard]] FieldSet fields_of(Number number);
[[nodiscard]] FieldSet fields_of(AddressColumn column);
[[nodiscard]] FieldSet fields_of(const Condition& condition);

}  // namespace noroshi
