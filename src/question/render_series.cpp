#include "question/render_series.h"

#include <fmt/format.h>

#include <span>
#include <vector>

#include "base/time.h"
#include "question/answer_text.h"
#include "question/chart.h"
#include "question/json_text.h"

namespace noroshi {
namespace {

std::uint64_t time_of(const AnswerRow& row) { return std::get<std::uint64_t>(row.key.front()); }

std::string value_of(const SeriesQuestion& question, const AnswerRow& row) {
  return row.key.size() < 2 ? std::string(kOtherValues) : to_string(*question.split, row.key[1]);
}

std::vector<std::string> names_of(const SeriesQuestion& question, const AnswerRow& row,
                                  const InterfaceLabels& labels) {
  if (!question.split || row.key.size() < 2) return {};
  return labels.of(std::span(&*question.split, 1), std::span(row.key).subspan(1), 0);
}

std::string drawn(const SeriesQuestion& question, const Answer& answer, std::size_t width,
                  const InterfaceLabels& labels) {
  Chart chart{question.step, question.split.has_value(), {}};
  for (const auto& row : answer.rows)
    chart.points.push_back(
        {time_of(row),
         chart.split ? with_names(value_of(question, row), names_of(question, row, labels))
                     : std::string(),
         chart_measure(row.tally, question.order, question.step)});
  return draw(chart, width);
}

}  // namespace

std::string series_as_chart(const SeriesQuestion& question, const Answer& answer, std::size_t width,
                            const InterfaceLabels& labels) {
  auto text =
      fmt::format("{} every {}{}\n", name_of(question.order), readable_duration(question.step),
                  question.split ? " by " + to_string(*question.split) : std::string());
  text += drawn(question, answer, width, labels);
  const auto& total = answer.total;
  text += fmt::format("Total: {} flows, {} packets, {} bytes\n", total.flows, total.packets,
                      total.bytes);
  if (total.sampled_flows > 0) {
    text += fmt::format(
        "As exported, {} flows of it sampled: about {} ± {} packets, {} ± {} bytes (95 %)\n",
        total.sampled_flows, readable(total.estimated_packets),
        readable(error_95(total.packets_variance)), readable(total.estimated_bytes),
        readable(error_95(total.bytes_variance)));
    if (total.flows_of_unknown_sampling > 0)
      text += fmt::format("{} of {} flows state no sampling rate; they are in no estimate\n",
                          total.flows_of_unknown_sampling, total.flows);
  }
  if (answer.flows_not_grouped > 0)
    text += fmt::format("{} times a flow found no group of its own and counts as other\n",
                        answer.flows_not_grouped);
  return text;
}

std::string series_as_csv(const SeriesQuestion& question, const Answer& answer) {
  std::string text = question.split ? "time,value" : "time";
  for (const auto& field : fields_of(Tally())) {
    text += ',';
    text += field.name;
  }
  text += '\n';
  for (const auto& row : answer.rows) {
    text += to_rfc3339(from_unix_milliseconds(time_of(row)));
    if (question.split) text += ',' + value_of(question, row);
    for (const auto& field : fields_of(row.tally)) {
      text += ',';
      text += field.value;
    }
    text += '\n';
  }
  return text;
}

std::string series_as_json(const SeriesQuestion& question, const Answer& answer,
                           const InterfaceLabels& labels) {
  auto out = fmt::format("{{\"series\":{{\"step_ms\":{},", question.step);
  if (question.split)
    add_json_string(out, "split", to_string(*question.split));
  else
    out += "\"split\":null";
  out += ",\"rows\":[";
  for (const auto& row : answer.rows) {
    if (out.back() != '[') out += ',';
    out += '{';
    add_json_string(out, "time", to_rfc3339(from_unix_milliseconds(time_of(row))));
    out += ',';
    if (question.split) {
      add_json_string(out, "value", value_of(question, row));
      add_json_names(out, "names", names_of(question, row, labels));
      out += ',';
    }
    add_json_tally(out, row.tally);
    out += '}';
  }
  out += "],\"total\":{";
  add_json_tally(out, answer.total);
  out += fmt::format("}},\"groups\":{},\"flows_not_grouped\":{}}}}}\n", answer.groups,
                     answer.flows_not_grouped);
  return out;
}

}  // namespace noroshi
