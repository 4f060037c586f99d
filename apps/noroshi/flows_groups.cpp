#include "flows_groups.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <utility>

namespace noroshi {
namespace {

/// "srcip4/24/bytes/flows" → "srcip4/24" and "bytes/flows": orders begin at the first part after
/// the element that is no number.
std::pair<std::string_view, std::string_view> split_stat(std::string_view text) {
  for (auto slash = text.find('/'); slash != std::string_view::npos;
       slash = text.find('/', slash + 1)) {
    const bool number =
        slash + 1 < text.size() && std::isdigit(static_cast<unsigned char>(text[slash + 1])) != 0;
    if (!number) return {text.substr(0, slash), text.substr(slash + 1)};
  }
  return {text, {}};
}

}  // namespace

Result<std::vector<AnsweredGroups>> parse_stat(std::string_view text, Order otherwise) {
  auto [key_text, orders] = split_stat(text);
  AnsweredGroups answered;
  answered.asked = AnsweredGroups::Asked::kStat;
  answered.question.keys = {TRY(parse_key(key_text))};
  answered.question.order = otherwise;
  if (key_text.size() == text.size()) return std::vector{answered};
  std::vector<AnsweredGroups> all;
  while (true) {
    const auto slash = orders.find('/');
    answered.question.order = TRY(parse_order(orders.substr(0, slash)));
    all.push_back(answered);
    if (slash == std::string_view::npos) return all;
    orders.remove_prefix(slash + 1);
  }
}

Result<AnsweredGroups> parse_aggregate(std::string_view text, Order order) {
  AnsweredGroups answered;
  answered.asked = AnsweredGroups::Asked::kAggregate;
  answered.question.keys = TRY(parse_keys(text));
  answered.question.order = order;
  return answered;
}

Status ask_groups(std::vector<AnsweredGroups> questions, std::uint64_t limit,
                  const std::string& format, const FlowsWanted& wanted, FlowAnswers& answers,
                  Output& output) {
  std::vector<GroupQuestion> asked;
  for (auto& each : questions) {
    each.question.filter = wanted.filter;
    each.question.window = wanted.window;
    each.question.limit = limit;
    asked.push_back(each.question);
  }
  auto answered = TRY(answers.ask(asked));
  for (std::size_t i = 0; i < questions.size(); ++i) questions[i].answer = std::move(answered[i]);
  const InterfaceLabels labels(wanted.vocabulary.interfaces);
  output.write(format == "json"  ? groups_as_json(questions, labels)
               : format == "csv" ? groups_as_csv(questions)
                                 : groups_as_table(questions, labels));
  return {};
}

}  // namespace noroshi
