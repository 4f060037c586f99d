#include "desk/case_json.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "desk/office_request.h"

namespace noroshi {
namespace {

using Json = nlohmann::json;

/// As many as a request for bulk may have, and one, so that it is the book that refuses.
constexpr std::size_t kMostPseudonyms = RevealBook::Config().most_in_bulk + 1;

std::string text_of(const Json& json) {
  return json.dump(1, ' ', false, Json::error_handler_t::replace);
}

Json json_of(const std::optional<Timestamp>& time) {
  return time ? Json(to_rfc3339(*time)) : Json(nullptr);
}

Json json_of(const Case& one) {
  return {{"id", one.id()},
          {"title", one.title},
          {"opened_by", one.opened_by},
          {"opened", to_rfc3339(one.opened)},
          {"from", to_rfc3339(one.from)},
          {"to", to_rfc3339(one.to)},
          {"filter", one.filter},
          {"hold", one.hold},
          {"closed_by", one.closed_by},
          {"closed", json_of(one.closed)}};
}

Json json_of(const RevealRequest& request, Timestamp now) {
  auto pseudonyms = Json::array();
  for (const auto& pseudonym : request.pseudonyms) pseudonyms.push_back(pseudonym.to_string());
  auto decisions = Json::array();
  for (const auto& decision : request.decisions)
    decisions.push_back({{"person", decision.person},
                         {"decided", to_rfc3339(decision.decided)},
                         {"approves", decision.approves},
                         {"reason", decision.reason}});
  return {{"id", request.id()},
          {"state", name_of(request.state(now))},
          {"case", request.case_id()},
          {"purpose", request.purpose},
          {"reason", request.reason},
          {"asked_by", request.asked_by},
          {"asked", to_rfc3339(request.asked)},
          {"expires", to_rfc3339(request.expires)},
          {"moment", to_rfc3339(request.moment)},
          {"pseudonyms", std::move(pseudonyms)},
          {"approvals", request.approvals()},
          {"approvals_needed", request.approvals_needed},
          {"decisions", std::move(decisions)},
          {"shown", json_of(request.shown)}};
}

}  // namespace

Result<CaseBook::Opening> opening_from_json(std::string_view text) {
  const auto request = TRY(OfficeRequest::read(text, {"title", "from", "to", "filter", "hold"}));
  CaseBook::Opening opening;
  opening.title = TRY(request.text("title"));
  opening.filter = TRY(request.text("filter"));
  opening.hold = TRY(request.flag("hold"));
  const auto from = TRY(request.moment("from"));
  const auto to = TRY(request.moment("to"));
  if (!from || !to)
    return failure(ErrorCode::kInvalidArgument, "a case has a window: from and to are needed");
  opening.from = *from;
  opening.to = *to;
  return opening;
}

std::string to_json(const CaseBook::Opening& opening) {
  return text_of({{"title", opening.title},
                  {"from", to_unix_milliseconds(opening.from)},
                  {"to", to_unix_milliseconds(opening.to)},
                  {"filter", opening.filter},
                  {"hold", opening.hold}});
}

Result<RevealBook::Asking> asking_from_json(std::string_view text) {
  const auto request =
      TRY(OfficeRequest::read(text, {"case", "purpose", "reason", "pseudonyms", "moment"}));
  RevealBook::Asking asking;
  asking.case_id = TRY(request.text("case"));
  asking.purpose = TRY(request.text("purpose"));
  asking.reason = TRY(request.text("reason"));
  asking.moment = TRY(request.moment("moment"));
  for (const auto& pseudonym : TRY(request.texts("pseudonyms", kMostPseudonyms)))
    asking.pseudonyms.push_back(TRY(IpAddress::parse(pseudonym)));
  return asking;
}

std::string to_json(const RevealBook::Asking& asking) {
  auto pseudonyms = Json::array();
  for (const auto& pseudonym : asking.pseudonyms) pseudonyms.push_back(pseudonym.to_string());
  Json document = {{"case", asking.case_id},
                   {"purpose", asking.purpose},
                   {"reason", asking.reason},
                   {"pseudonyms", std::move(pseudonyms)}};
  if (asking.moment) document["moment"] = to_unix_milliseconds(*asking.moment);
  return text_of(document);
}

std::string to_json(const Case& one) { return text_of(json_of(one)); }

std::string to_json(const std::vector<Case>& cases) {
  auto list = Json::array();
  for (const auto& one : cases) list.push_back(json_of(one));
  return text_of({{"cases", std::move(list)}});
}

std::string to_json(const RevealRequest& request, Timestamp now) {
  return text_of(json_of(request, now));
}

std::string to_json(const std::vector<RevealRequest>& requests, Timestamp now) {
  auto list = Json::array();
  for (const auto& request : requests) list.push_back(json_of(request, now));
  return text_of({{"requests", std::move(list)}});
}

std::string to_json(const RevealRequest& request, const std::vector<RevealedAddress>& revealed) {
  auto list = Json::array();
  for (const auto& each : revealed)
    list.push_back(
        {{"pseudonym", each.pseudonym.to_string()}, {"address", each.address.to_string()}});
  return text_of({{"id", request.id()},
                  {"case", request.case_id()},
                  {"purpose", request.purpose},
                  {"moment", to_rfc3339(request.moment)},
                  {"revealed", std::move(list)}});
}

}  // namespace noroshi
