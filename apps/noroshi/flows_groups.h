#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "flows_source.h"
#include "question/render_groups.h"

namespace noroshi {

/// What `query` and `top` share: questions of groups, from their words to their answers.

/// "srcip", "srcip/bytes", "srcip4/24/flows/bytes": one question for each order named, in
/// nfdump's form; `otherwise` where none is.
[[nodiscard]] Result<std::vector<AnsweredGroups>> parse_stat(std::string_view text,
                                                             Order otherwise);
/// "srcip,dstport".
[[nodiscard]] Result<AnsweredGroups> parse_aggregate(std::string_view text, Order order);

/// Asks all in one pass and writes the answers in `format`: table, csv, json or nfdump.
[[nodiscard]] Status ask_groups(std::vector<AnsweredGroups> questions, std::uint64_t limit,
                                const std::string& format, const FlowsWanted& wanted,
                                FlowAnswers& answers, Output& output);

}  // namespace noroshi
