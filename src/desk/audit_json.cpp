#include "desk/audit_json.h"

#include <fmt/format.h>

#include <initializer_list>
#include <nlohmann/json.hpp>

namespace noroshi {
namespace {

using Json = nlohmann::json;

Json json_of(const AuditHead& head) {
  return {{"sequence", head.sequence}, {"hash", head.hash.to_hex()}};
}

Json json_of(const AuditFinding& finding) {
  return {{"fault", to_string(finding.fault)},
          {"first", finding.first},
          {"last", finding.last},
          {"place", finding.place},
          {"en", finding.english},
          {"ja", finding.japanese}};
}

/// An object with none but these members.
Result<Json> object_with(std::string_view text, std::initializer_list<std::string_view> known) {
  auto object = Json::parse(text, nullptr, false);
  if (!object.is_object())
    return failure(ErrorCode::kInvalidArgument, "the body must be a JSON object");
  for (const auto& [name, value] : object.items())
    if (std::find(known.begin(), known.end(), name) == known.end())
      return failure(ErrorCode::kInvalidArgument, fmt::format("'{}' is not known here", name));
  return object;
}

Result<std::optional<std::uint64_t>> number(const Json& object, const char* name) {
  if (!object.contains(name)) return std::nullopt;
  const auto& value = object[name];
  // Milliseconds beyond the year 10000 are no time.
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() > 253'402'300'799'999)
    return failure(ErrorCode::kInvalidArgument, fmt::format("'{}' must be a whole number", name));
  return value.get<std::uint64_t>();
}

Result<std::optional<Timestamp>> moment(const Json& object, const char* name) {
  const auto milliseconds = TRY(number(object, name));
  if (!milliseconds) return std::nullopt;
  return from_unix_milliseconds(*milliseconds);
}

Result<std::string> text_of(const Json& object, const char* name) {
  if (!object.contains(name)) return std::string();
  if (!object[name].is_string())
    return failure(ErrorCode::kInvalidArgument, fmt::format("'{}' must be a text", name));
  return object[name].get<std::string>();
}

void put(Json& object, const char* name, const std::optional<Timestamp>& moment) {
  if (moment) object[name] = to_unix_milliseconds(*moment);
}
void put(Json& object, const char* name, const std::string& text) {
  if (!text.empty()) object[name] = text;
}

/// What people write may not be UTF-8: then JSON cannot hold it as it is.
std::string dump(const Json& object) {
  return object.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string to_json(const AuditVerification& seen) {
  Json findings = Json::array();
  for (const auto& finding : seen.findings) findings.push_back(json_of(finding));
  const Json document = {
      {"good", seen.is_good()},
      {"intact", seen.is_intact()},
      {"entries", seen.entries},
      {"segments", seen.segments},
      {"bytes", seen.bytes},
      {"last", json_of(seen.last)},
      {"head", seen.head ? json_of(*seen.head) : Json(nullptr)},
      {"from", seen.entries == 0 ? Json(nullptr) : Json(to_rfc3339(seen.from))},
      {"to", seen.entries == 0 ? Json(nullptr) : Json(to_rfc3339(seen.to))},
      {"time_stamps", seen.time_stamps},
      {"time_stamps_unchecked", seen.time_stamps_unchecked},
      {"covered", seen.covered == 0
                      ? Json(nullptr)
                      : Json{{"sequence", seen.covered}, {"time", to_rfc3339(seen.covered_at)}}},
      {"findings", findings},
      {"findings_beyond", seen.findings_beyond}};
  return dump(document);
}

std::string to_json(const AuditUpkeep::Stamped& stamped) {
  return dump({{"sequence", stamped.sequence},
               {"covers", stamped.covers},
               {"time", to_rfc3339(stamped.stamp.time)},
               {"authority", stamped.stamp.authority},
               {"serial", stamped.stamp.serial}});
}

std::string to_json(const AuditQuery& query) {
  Json object = {{"limit", query.limit}};
  put(object, "from", query.from);
  put(object, "to", query.to);
  put(object, "kind", query.kind);
  put(object, "who", query.who);
  put(object, "purpose", query.purpose);
  put(object, "case", query.case_id);
  return dump(object);
}

std::string to_json(const AuditSpan& span) {
  Json object = Json::object();
  put(object, "from", span.from);
  put(object, "to", span.to);
  return dump(object);
}

Result<AuditQuery> audit_query_from_json(std::string_view text) {
  const auto object =
      TRY(object_with(text, {"from", "to", "kind", "who", "purpose", "case", "limit"}));
  AuditQuery query;
  query.from = TRY(moment(object, "from"));
  query.to = TRY(moment(object, "to"));
  query.kind = TRY(text_of(object, "kind"));
  query.who = TRY(text_of(object, "who"));
  query.purpose = TRY(text_of(object, "purpose"));
  query.case_id = TRY(text_of(object, "case"));
  query.limit = TRY(number(object, "limit")).value_or(0);
  return query;
}

Result<AuditSpan> audit_span_from_json(std::string_view text) {
  const auto object = TRY(object_with(text, {"from", "to"}));
  return AuditSpan{TRY(moment(object, "from")), TRY(moment(object, "to"))};
}

}  // namespace noroshi
