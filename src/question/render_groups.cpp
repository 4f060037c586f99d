#include "question/render_groups.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "question/answer_text.h"
#include "question/json_text.h"

namespace noroshi {
namespace {

/// "srcip/bytes" or "srcip,dstport".
std::string name_of(const AnsweredGroups& answered) {
  const auto keys = to_string(answered.question.keys);
  return answered.asked == AnsweredGroups::Asked::kStat
             ? fmt::format("{}/{}", keys, name_of(answered.question.order))
             : keys;
}

std::string with_share(std::uint64_t part, std::uint64_t whole) {
  const auto share =
      whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole) * 100;
  return fmt::format("{} ({:4.1f})", readable(part), share);
}

std::string with_error(double estimate, double variance) {
  return fmt::format("{} ± {}", readable(estimate), readable(error_95(variance)));
}

bool is_estimated(const Tally& tally) { return tally.flows_of_unknown_sampling < tally.flows; }

TextTable table_for(const AnsweredGroups& answered, bool sampled) {
  using Align = TextTable::Align;
  std::vector<TextTable::Column> columns{{"First seen", Align::kLeft}, {"Duration"}};
  for (const auto& key : answered.question.keys)
    columns.push_back({to_string(key), is_address(key.element) ? Align::kLeft : Align::kRight});
  for (const auto* title : {"Flows (%)", "Packets (%)", "Bytes (%)", "pps", "bps", "bpp"})
    columns.push_back({title});
  if (sampled)
    for (const auto* title : {"Est. packets", "Est. bytes"}) columns.push_back({title});
  return TextTable(std::move(columns));
}

void add_row(TextTable& table, const AnsweredGroups& answered, const AnswerRow& row, bool sampled,
             const InterfaceLabels& labels) {
  const auto& tally = row.tally;
  const auto& total = answered.answer.total;
  std::vector<std::string> cells{readable_moment(tally.first), readable_duration(tally.duration())};
  const auto& keys = answered.question.keys;
  for (std::size_t i = 0; i < row.key.size(); ++i)
    cells.push_back(with_names(to_string(keys[i], row.key[i]), labels.of(keys, row.key, i)));
  cells.push_back(with_share(tally.flows, total.flows));
  cells.push_back(with_share(tally.packets, total.packets));
  cells.push_back(with_share(tally.bytes, total.bytes));
  cells.push_back(readable(tally.packets_per_second()));
  cells.push_back(readable(tally.bits_per_second()));
  cells.push_back(readable(tally.bytes_per_packet()));
  if (sampled) {
    const bool known = is_estimated(tally);
    cells.push_back(known ? with_error(tally.estimated_packets, tally.packets_variance) : "-");
    cells.push_back(known ? with_error(tally.estimated_bytes, tally.bytes_variance) : "-");
  }
  table.add(std::move(cells));
}

std::string summary_of(const Answer& answer) {
  const auto& total = answer.total;
  auto text =
      fmt::format("Total: {} flows, {} packets, {} bytes", total.flows, total.packets, total.bytes);
  if (total.flows > 0)
    text += fmt::format(" in {}: {} pps, {} bps, {} bpp", readable_duration(total.duration()),
                        readable(total.packets_per_second()), readable(total.bits_per_second()),
                        readable(total.bytes_per_packet()));
  text += '\n';
  if (total.sampled_flows > 0) {
    text += fmt::format("Estimated from sampling: {} packets, {} bytes (95 %)\n",
                        with_error(total.estimated_packets, total.packets_variance),
                        with_error(total.estimated_bytes, total.bytes_variance));
    if (total.flows_of_unknown_sampling > 0)
      text += fmt::format("{} of {} flows state no sampling rate; they are in no estimate\n",
                          total.flows_of_unknown_sampling, total.flows);
  }
  if (answer.flows_not_grouped > 0)
    text += fmt::format("{} times a flow found no group: {} are kept; the rows may be too low\n",
                        answer.flows_not_grouped, answer.groups);
  return text;
}

}  // namespace

std::string groups_as_table(std::span<const AnsweredGroups> answers,
                            const InterfaceLabels& labels) {
  std::string text;
  for (const auto& answered : answers) {
    if (!text.empty()) text += '\n';
    const auto& answer = answered.answer;
    const bool sampled = answer.total.sampled_flows > 0;
    text += fmt::format("{} of {} {} by {}\n", answer.rows.size(), answer.groups,
                        to_string(answered.question.keys), name_of(answered.question.order));
    auto table = table_for(answered, sampled);
    for (const auto& row : answer.rows) add_row(table, answered, row, sampled, labels);
    text += table.text();
    text += summary_of(answer);
  }
  return text;
}

std::string groups_as_csv(std::span<const AnsweredGroups> answers) {
  std::string text;
  for (const auto& answered : answers) {
    if (!text.empty()) text += '\n';
    text += to_string(answered.question.keys);
    for (const auto& field : fields_of(Tally())) {
      text += ',';
      text += field.name;
    }
    text += '\n';
    for (const auto& row : answered.answer.rows) {
      for (std::size_t i = 0; i < row.key.size(); ++i) {
        if (i > 0) text += ',';
        text += to_string(answered.question.keys[i], row.key[i]);
      }
      for (const auto& field : fields_of(row.tally)) {
        text += ',';
        text += field.value;
      }
      text += '\n';
    }
  }
  return text;
}

std::string groups_as_json(std::span<const AnsweredGroups> answers, const InterfaceLabels& labels) {
  std::string out = "{\"questions\":[";
  for (const auto& answered : answers) {
    const bool stat = answered.asked == AnsweredGroups::Asked::kStat;
    if (out.back() != '[') out += ',';
    out += '{';
    add_json_string(out, stat ? "stat" : "aggregate", name_of(answered));
    if (!stat) {
      out += ',';
      add_json_string(out, "order", name_of(answered.question.order));
    }
    out += ",\"rows\":[";
    for (const auto& row : answered.answer.rows) {
      if (out.back() != '[') out += ',';
      out += '{';
      for (std::size_t i = 0; i < row.key.size(); ++i) {
        const auto& key = answered.question.keys[i];
        if (stat)
          add_json_string(out, "value", to_string(key, row.key[i]));
        else
          add_json_value(out, key, row.key[i]);
        add_json_names(out, stat ? "names" : to_string(key) + "_names",
                       labels.of(answered.question.keys, row.key, i));
        out += ',';
      }
      add_json_tally(out, row.tally);
      out += '}';
    }
    out += "],\"total\":{";
    add_json_tally(out, answered.answer.total);
    out += fmt::format("}},\"groups\":{},\"flows_not_grouped\":{}}}", answered.answer.groups,
                       answered.answer.flows_not_grouped);
  }
  out += "]}\n";
  return out;
}

}  // namespace noroshi
