#include "desk/question_json.h"

#include <fmt/format.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <set>

#include "filter/parse.h"
#include "filter/print.h"

namespace noroshi {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMostExporters = 1024;  // blocks of addresses in one question

/// Reads the members of an object, remembers the first that is wrong, and refuses those left over.
class Members {
 public:
  explicit Members(const Json& object) : object_(object) {
    if (!object.is_object()) refuse("an object is expected");
  }

  [[nodiscard]] std::uint64_t number(const char* name, std::uint64_t least = 0,
                                     std::uint64_t most = UINT64_MAX) {
    const auto* value = find(name);
    if (value == nullptr || !value->is_number_unsigned()) {
      refuse(fmt::format("'{}' must be a whole number", name));
      return least;
    }
    const auto number = value->get<std::uint64_t>();
    if (number < least || number > most)
      refuse(fmt::format("'{}' must be {} to {}", name, least, most));
    return number;
  }
  [[nodiscard]] double real(const char* name) {
    const auto* value = find(name);
    if (value != nullptr && value->is_number()) return value->get<double>();
    refuse(fmt::format("'{}' must be a number", name));
    return 0;
  }
  [[nodiscard]] std::string text(const char* name) {
    const auto* value = find(name);
    if (value != nullptr && value->is_string()) return value->get<std::string>();
    refuse(fmt::format("'{}' must be a text", name));
    return {};
  }
  /// An array; empty when it is none.
  [[nodiscard]] const Json& array(const char* name) {
    static const Json kNone = Json::array();
    const auto* value = find(name);
    if (value != nullptr && value->is_array()) return *value;
    refuse(fmt::format("'{}' must be a list", name));
    return kNone;
  }
  [[nodiscard]] bool has(const char* name) const {
    return object_.is_object() && object_.contains(name);
  }
  /// The value, or its error remembered.
  template <typename T>
  [[nodiscard]] T take(Result<T> result) {
    if (result) return std::move(*result);
    refuse(result.error().message);
    return T{};
  }
  void refuse(std::string why) {
    if (status_) status_ = failure(ErrorCode::kInvalidArgument, std::move(why));
  }
  [[nodiscard]] Status finish() {
    if (status_ && object_.is_object())
      for (const auto& [name, value] : object_.items())
        if (!asked_.contains(name)) refuse(fmt::format("'{}' is not known here", name));
    return status_;
  }

 private:
  const Json* find(const char* name) {
    asked_.insert(name);
    return has(name) ? &object_.at(name) : nullptr;
  }

  const Json& object_;
  std::set<std::string, std::less<>> asked_;
  Status status_;
};

Result<Json> parse(std::string_view text) {
  auto json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) return failure(ErrorCode::kInvalidArgument, "this is not JSON");
  return json;
}

Json json_of(const Condition& filter, const TimeWindow& window) {
  return {{"filter", to_string(filter)}, {"from", window.from}, {"to", window.to}};
}

/// Filters that travel hold no relative times, so no moment to count from is needed.
Condition read_filter(Members& members) {
  return members.take(parse_filter(members.text("filter"), {}, Timestamp{}));
}

TimeWindow read_window(Members& members) { return {members.number("from"), members.number("to")}; }

Json json_of(const GroupQuestion& question) {
  auto json = json_of(question.filter, question.window);
  json["keys"] = Json::array();
  for (const auto& key : question.keys) json["keys"].push_back(to_string(key));
  json["order"] = name_of(question.order);
  json["limit"] = question.limit;
  return json;
}

Result<GroupQuestion> group_question_of(const Json& json) {
  Members members(json);
  GroupQuestion question;
  question.filter = read_filter(members);
  question.window = read_window(members);
  const auto& keys = members.array("keys");
  if (keys.size() > 16) members.refuse("'keys' has more than 16");
  for (const auto& key : keys)
    question.keys.push_back(
        members.take(parse_key(key.is_string() ? key.get<std::string>() : std::string())));
  question.order = members.take(parse_order(members.text("order")));
  question.limit = members.number("limit", 0, GroupQuestion::kMostRows);
  TRY(members.finish());
  return question;
}

Json json_of(const Tally& tally) {
  return {{"flows", tally.flows},
          {"packets", tally.packets},
          {"bytes", tally.bytes},
          {"first", tally.first},
          {"last", tally.last},
          {"flows_of_unknown_sampling", tally.flows_of_unknown_sampling},
          {"sampled_flows", tally.sampled_flows},
          {"estimated_packets", tally.estimated_packets},
          {"estimated_bytes", tally.estimated_bytes},
          {"packets_variance", tally.packets_variance},
          {"bytes_variance", tally.bytes_variance}};
}

Result<Tally> tally_of(const Json& json) {
  Members members(json);
  Tally tally;
  tally.flows = members.number("flows");
  tally.packets = members.number("packets");
  tally.bytes = members.number("bytes");
  tally.first = members.number("first");
  tally.last = members.number("last");
  tally.flows_of_unknown_sampling = members.number("flows_of_unknown_sampling");
  tally.sampled_flows = members.number("sampled_flows");
  tally.estimated_packets = members.real("estimated_packets");
  tally.estimated_bytes = members.real("estimated_bytes");
  tally.packets_variance = members.real("packets_variance");
  tally.bytes_variance = members.real("bytes_variance");
  TRY(members.finish());
  return tally;
}

Json json_of(const Answer& answer) {
  Json rows = Json::array();
  for (const auto& row : answer.rows) {
    Json key = Json::array();
    for (const auto& value : row.key) {
      if (const auto* address = std::get_if<IpAddress>(&value))
        key.push_back(address->to_string());
      else
        key.push_back(std::get<std::uint64_t>(value));
    }
    rows.push_back({{"key", std::move(key)}, {"tally", json_of(row.tally)}});
  }
  return {{"rows", std::move(rows)},
          {"total", json_of(answer.total)},
          {"groups", answer.groups},
          {"flows_not_grouped", answer.flows_not_grouped}};
}

Result<AnswerRow> answer_row_of(const Json& json) {
  Members members(json);
  AnswerRow row;
  for (const auto& value : members.array("key")) {
    if (value.is_number_unsigned())
      row.key.emplace_back(value.get<std::uint64_t>());
    else
      row.key.emplace_back(members.take(
          IpAddress::parse(value.is_string() ? value.get<std::string>() : std::string())));
  }
  row.tally = members.has("tally") ? members.take(tally_of(json.at("tally"))) : Tally{};
  TRY(Status(members.has("tally") ? Status() : failure(ErrorCode::kInvalidArgument, "no 'tally'")));
  return row;
}

Result<Answer> answer_of(const Json& json) {
  Members members(json);
  Answer answer;
  for (const auto& row : members.array("rows"))
    answer.rows.push_back(members.take(answer_row_of(row)));
  answer.groups = members.number("groups");
  answer.flows_not_grouped = members.number("flows_not_grouped");
  if (!members.has("total")) return failure(ErrorCode::kInvalidArgument, "no 'total'");
  answer.total = members.take(tally_of(json.at("total")));
  return answer;
}

}  // namespace

std::string to_json(const std::vector<GroupQuestion>& questions) {
  Json list = Json::array();
  for (const auto& question : questions) list.push_back(json_of(question));
  return Json{{"questions", std::move(list)}}.dump();
}

std::string to_json(const SeriesQuestion& question) {
  auto json = json_of(question.filter, question.window);
  json["step"] = question.step;
  if (question.split) json["split"] = to_string(*question.split);
  json["order"] = name_of(question.order);
  json["limit"] = question.limit;
  return json.dump();
}

std::string to_json(const TrendSeriesQuestion& question) {
  Json json{{"from", question.window.from},
            {"to", question.window.to},
            {"step", question.step},
            {"exporters", Json::array()},
            {"order", name_of(question.order)},
            {"limit", question.limit}};
  if (question.split != TrendSplit::kNone) json["split"] = name_of(question.split);
  for (const auto& prefix : question.exporters) json["exporters"].push_back(prefix.to_string());
  return json.dump();
}

std::string to_json(const RowsQuestion& question) {
  auto json = json_of(question.filter, question.window);
  json["limit"] = question.limit;
  return json.dump();
}

std::string to_json(const std::vector<Answer>& answers) {
  Json list = Json::array();
  for (const auto& answer : answers) list.push_back(json_of(answer));
  return Json{{"answers", std::move(list)}}.dump();
}

std::string to_json(const std::vector<Bilingual>& notes) {
  if (notes.empty()) return {};
  Json list = Json::array();
  for (const auto& note : notes) list.push_back({{"ja", note.ja}, {"en", note.en}});
  return list.dump(-1, ' ', true, Json::error_handler_t::replace);
}

std::string error_to_json(const Error& error) {
  return Json{{"error", error.message}, {"code", static_cast<int>(error.code)}}.dump(
      -1, ' ', false, Json::error_handler_t::replace);
}

Result<std::vector<GroupQuestion>> group_questions_from_json(std::string_view text) {
  const auto json = TRY(parse(text));
  Members members(json);
  std::vector<GroupQuestion> questions;
  const auto& list = members.array("questions");
  if (list.size() > kMostQuestions)
    return failure(ErrorCode::kInvalidArgument,
                   fmt::format("more than {} questions at once", kMostQuestions));
  for (const auto& question : list) questions.push_back(TRY(group_question_of(question)));
  TRY(members.finish());
  return questions;
}

Result<SeriesQuestion> series_question_from_json(std::string_view text) {
  const auto json = TRY(parse(text));
  Members members(json);
  SeriesQuestion question;
  question.filter = read_filter(members);
  question.window = read_window(members);
  question.step = members.number("step", 1);
  if (members.has("split")) question.split = members.take(parse_key(members.text("split")));
  question.order = members.take(parse_order(members.text("order")));
  question.limit = members.number("limit", 0, 1000);
  TRY(members.finish());
  return question;
}

Result<TrendSeriesQuestion> trend_question_from_json(std::string_view text) {
  const auto json = TRY(parse(text));
  Members members(json);
  TrendSeriesQuestion question;
  question.window = read_window(members);
  question.step = members.number("step", 1);
  if (members.has("split")) question.split = members.take(parse_trend_split(members.text("split")));
  const auto& exporters = members.array("exporters");
  if (exporters.size() > kMostExporters)
    members.refuse(fmt::format("'exporters' has more than {}", kMostExporters));
  else
    for (const auto& prefix : exporters) {
      const auto parsed = Prefix::parse(prefix.is_string() ? prefix.get<std::string>() : "");
      if (parsed)
        question.exporters.push_back(*parsed);
      else
        members.refuse(parsed.error().message);
    }
  question.order = members.take(parse_order(members.text("order")));
  question.limit = members.number("limit", 1, TrendSeriesQuestion::kMostValues);
  TRY(members.finish());
  return question;
}

Result<RowsQuestion> rows_question_from_json(std::string_view text) {
  const auto json = TRY(parse(text));
  Members members(json);
  RowsQuestion question;
  question.filter = read_filter(members);
  question.window = read_window(members);
  question.limit = members.number("limit");
  TRY(members.finish());
  return question;
}

Result<std::vector<Answer>> answers_from_json(std::string_view text) {
  const auto json = TRY(parse(text));
  Members members(json);
  std::vector<Answer> answers;
  for (const auto& answer : members.array("answers")) answers.push_back(TRY(answer_of(answer)));
  TRY(members.finish());
  return answers;
}

std::vector<Bilingual> notes_from_json(std::string_view text) {
  std::vector<Bilingual> notes;
  const auto json = Json::parse(text, nullptr, false);
  if (!json.is_array()) return notes;
  for (const auto& each : json)
    if (each.is_object() && each.contains("ja") && each.contains("en") && each["ja"].is_string() &&
        each["en"].is_string())
      notes.push_back({each["ja"].get<std::string>(), each["en"].get<std::string>()});
  return notes;
}

Error error_from_json(std::string_view text) {
  const auto json = Json::parse(text, nullptr, false);
  if (json.is_object() && json.contains("error") && json.contains("code") &&
      json["error"].is_string() && json["code"].is_number_unsigned() &&
      json["code"].get<std::uint64_t>() <= static_cast<std::uint64_t>(ErrorCode::kUnclear))
    return {static_cast<ErrorCode>(json["code"].get<int>()), json["error"].get<std::string>()};
  return {ErrorCode::kMalformed, fmt::format("the daemon answered '{}'", text.substr(0, 200))};
}

}  // namespace noroshi
