#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/open_desk.h"
#include "command.h"
#include "filter/parse.h"
#include "output.h"
#include "question/flow_answers.h"

namespace noroshi {

/// What every command about flows takes: which flows, of what time, from where.
struct FlowsArguments {
  std::string filter;
  std::string from;
  std::string to;
  std::string last;
  std::vector<std::string> files;  ///< none: the history at `place`
  std::uint32_t sampling = 0;
  /// AS numbers or countries are asked for: recordings are then enriched as the history is. It
  /// takes most of a second to load the tables, so not otherwise.
  bool origins = false;
  DeskPlace place;
  std::string purpose;  ///< empty: the default purpose of the role
  std::string case_id;
  std::string language;
};
/// The words of a filter or a question name an AS or a country.
[[nodiscard]] bool names_origins(std::string_view text);
void add_flows_arguments(CLI::App& command, FlowsArguments& arguments);
/// Of these only --from, --to and --last, and only --config and --store.
void add_time_arguments(CLI::App& command, FlowsArguments& arguments);
void add_place_arguments(CLI::App& command, FlowsArguments& arguments);

/// The same, understood.
struct FlowsWanted {
  Condition filter;
  TimeWindow window;
  FilterVocabulary vocabulary;  ///< the local words
};

/// Understands the arguments, opens the source, runs `command`, and says what went wrong. An error
/// of kind kInvalidArgument or kUnsupported is misuse. Output that cannot be written is not an
/// error here: the command returns Ok and `output` knows.
using FlowsCommand = std::function<Status(const FlowsWanted& wanted, FlowAnswers& answers)>;
[[nodiscard]] Exit run_flows_command(const FlowsArguments& arguments, const Output& output,
                                     const FlowsCommand& command);

}  // namespace noroshi
