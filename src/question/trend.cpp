#include "question/trend.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/time.h"
#include "net/endpoint.h"
#include "question/answer_text.h"
#include "question/chart.h"
#include "question/json_text.h"

namespace noroshi {
namespace {

constexpr std::array<std::pair<TrendSplit, std::string_view>, 9> kSplits{{
    {TrendSplit::kProtocol, "proto"},
    {TrendSplit::kService, "service"},
    {TrendSplit::kSourceAs, "srcas"},
    {TrendSplit::kDestinationAs, "dstas"},
    {TrendSplit::kSourceCountry, "srccountry"},
    {TrendSplit::kDestinationCountry, "dstcountry"},
    {TrendSplit::kInputInterface, "inif"},
    {TrendSplit::kOutputInterface, "outif"},
    {TrendSplit::kExporter, "exporter"},
}};

std::uint64_t time_of(const AnswerRow& row) { return std::get<std::uint64_t>(row.key.front()); }

bool has_ports(std::uint64_t protocol) {
  return protocol == 6 || protocol == 17 || protocol == 132;
}

/// "tcp/443"; "tcp/other" for all ports from 1024 on; "icmp" for what has no ports.
std::string service_text(std::uint64_t value) {
  const auto protocol = value >> 16;
  const auto port = value & 0xffff;
  auto text = to_string(Protocol{static_cast<std::uint8_t>(protocol)});
  if (!has_ports(protocol)) return text;
  return text + '/' + (port == 0 ? "other" : fmt::format("{}", port));
}

/// What the history keeps of a step; variances and sampled flows it does not.
std::array<std::pair<std::string_view, std::string>, 6> fields_of(const Tally& tally,
                                                                  std::string_view unknown) {
  const bool known = tally.flows > tally.flows_of_unknown_sampling;
  return {{{"flows", fmt::format("{}", tally.flows)},
           {"packets", fmt::format("{}", tally.packets)},
           {"bytes", fmt::format("{}", tally.bytes)},
           {"flows_of_unknown_sampling", fmt::format("{}", tally.flows_of_unknown_sampling)},
           {"estimated_packets",
            known ? fmt::format("{:.0f}", tally.estimated_packets) : std::string(unknown)},
           {"estimated_bytes",
            known ? fmt::format("{:.0f}", tally.estimated_bytes) : std::string(unknown)}}};
}

/// Rows of interfaces begin with their exporter, behind the time.
std::vector<std::string> names_of(TrendSplit split, const AnswerRow& row,
                                  const InterfaceLabels& labels) {
  const bool interfaces =
      split == TrendSplit::kInputInterface || split == TrendSplit::kOutputInterface;
  if (!interfaces || row.key.size() < 3) return {};
  return labels.of(std::get<IpAddress>(row.key[1]), std::get<std::uint64_t>(row.key[2]));
}

void add_json_fields(std::string& out, const Tally& tally) {
  bool first = true;
  for (const auto& [name, value] : fields_of(tally, "null")) {
    out += fmt::format("{}\"{}\":{}", first ? "" : ",", name, value);
    first = false;
  }
}

}  // namespace

Status check(const TrendSeriesQuestion& question) {
  constexpr std::uint64_t kMinute = 60'000;
  constexpr std::uint64_t kLongestStep = 366 * 24 * 60 * kMinute;
  if (question.step == 0 || question.step % kMinute != 0 || question.step > kLongestStep)
    return failure(ErrorCode::kInvalidArgument, "a trend needs a step of whole minutes, to a year");
  if (question.limit == 0 || question.limit > TrendSeriesQuestion::kMostValues)
    return failure(ErrorCode::kInvalidArgument,
                   fmt::format("a trend shows 1 to {} values", TrendSeriesQuestion::kMostValues));
  return {};
}

std::string_view name_of(TrendSplit split) {
  for (const auto& [known, name] : kSplits)
    if (known == split) return name;
  return {};
}

Result<TrendSplit> parse_trend_split(std::string_view name) {
  std::string names;
  for (const auto& [split, known] : kSplits) {
    if (known == name) return split;
    names += names.empty() ? "" : ", ";
    names += known;
  }
  return failure(ErrorCode::kInvalidArgument,
                 fmt::format("no trend is kept by '{}'; known are {}", name, names));
}

std::string trend_value(TrendSplit split, const AnswerRow& row) {
  if (row.key.size() < 2) return std::string(kOtherValues);
  const auto& last = row.key.back();
  switch (split) {
    case TrendSplit::kNone:
    case TrendSplit::kExporter:
      return to_string(Key{Element::kExporter, 32, 128}, last);
    case TrendSplit::kProtocol:
      return to_string(Key{Element::kProtocol, 32, 128}, last);
    case TrendSplit::kService:
      return service_text(std::get<std::uint64_t>(last));
    case TrendSplit::kSourceAs:
    case TrendSplit::kDestinationAs:
      return to_string(Key{Element::kAnyAs, 32, 128}, last);
    case TrendSplit::kSourceCountry:
    case TrendSplit::kDestinationCountry:
      return to_string(Key{Element::kAnyCountry, 32, 128}, last);
    case TrendSplit::kInputInterface:
    case TrendSplit::kOutputInterface:
      return fmt::format("{} if {}", std::get<IpAddress>(row.key[1]).to_string(),
                         std::get<std::uint64_t>(last));
  }
  return {};
}

std::string trend_as_chart(const TrendSeriesQuestion& question, const Answer& answer,
                           std::size_t width, const InterfaceLabels& labels) {
  Chart chart{question.step, question.split != TrendSplit::kNone, {}};
  for (const auto& row : answer.rows)
    chart.points.push_back({time_of(row),
                            chart.split ? with_names(trend_value(question.split, row),
                                                     names_of(question.split, row, labels))
                                        : std::string(),
                            chart_measure(row.tally, question.order, question.step)});
  auto text = fmt::format("{} every {}", name_of(question.order), readable_duration(question.step));
  if (chart.split) text += fmt::format(" by {}", name_of(question.split));
  text += '\n' + draw(chart, width);
  const auto& total = answer.total;
  text += fmt::format("Total: {} flows, {} packets, {} bytes\n", total.flows, total.packets,
                      total.bytes);
  const auto estimated = total.flows - total.flows_of_unknown_sampling;
  if (estimated > 0 && total.estimated_packets > static_cast<double>(total.packets))
    text += fmt::format("As exported; with sampling about {} packets, {} bytes\n",
                        readable(total.estimated_packets), readable(total.estimated_bytes));
  if (estimated > 0 && total.flows_of_unknown_sampling > 0)
    text += fmt::format("{} of {} flows state no sampling rate; they are in no estimate\n",
                        total.flows_of_unknown_sampling, total.flows);
  return text;
}

std::string trend_as_csv(const TrendSeriesQuestion& question, const Answer& answer) {
  const bool split = question.split != TrendSplit::kNone;
  std::string text = split ? "time,value" : "time";
  for (const auto& [name, value] : fields_of(Tally(), "")) text += fmt::format(",{}", name);
  text += '\n';
  for (const auto& row : answer.rows) {
    text += to_rfc3339(from_unix_milliseconds(time_of(row)));
    if (split) text += ',' + trend_value(question.split, row);
    for (const auto& [name, value] : fields_of(row.tally, "")) text += ',' + value;
    text += '\n';
  }
  return text;
}

std::string trend_as_json(const TrendSeriesQuestion& question, const Answer& answer,
                          const InterfaceLabels& labels) {
  const bool split = question.split != TrendSplit::kNone;
  auto out = fmt::format("{{\"trend\":{{\"step_ms\":{},", question.step);
  if (split)
    add_json_string(out, "split", name_of(question.split));
  else
    out += "\"split\":null";
  out += ",\"rows\":[";
  for (const auto& row : answer.rows) {
    if (out.back() != '[') out += ',';
    out += '{';
    add_json_string(out, "time", to_rfc3339(from_unix_milliseconds(time_of(row))));
    out += ',';
    if (split) {
      add_json_string(out, "value", trend_value(question.split, row));
      add_json_names(out, "names", names_of(question.split, row, labels));
      out += ',';
    }
    add_json_fields(out, row.tally);
    out += '}';
  }
  out += "],\"total\":{";
  add_json_fields(out, answer.total);
  return out + fmt::format("}},\"groups\":{}}}}}\n", answer.groups);
}

}  // namespace noroshi
