#include "desk/office_desk.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "desk/case_json.h"
#include "desk/filing_json.h"
#include "desk/office_request.h"
#include "guard/cases/entitlement.h"
#include "guard/cases/refusal.h"

// Door (reveal): the answer of a reveal. Guard: an open case, a purpose that reveals, the
// approvals of other people; shown once, kept nowhere, on the audit first.

// Route /desk/guard/file: files purpose, necessity, means, checking and stop criteria. Guard:
// administrators and the responsible person; checked whole; on the audit first.
// Route /desk/guard/file/withdraw: ends the filing. Guard: administrators and the responsible
// person; on the audit first.
// Route /desk/guard/file/show: the filing in force. Guard: says nothing of traffic.
// Route /desk/guard/file/allows: may these addresses be listened on. Guard: says nothing of
// traffic.
// Route /desk/guard/case/open: opens a case. Guard: role and clearance of the policy; on the audit
// first.
// Route /desk/guard/case/list: cases. Guard: role and clearance of the policy.
// Route /desk/guard/case/show: a case. Guard: role and clearance of the policy.
// Route /desk/guard/case/close: closes a case; its data is no longer held. Guard: role and
// clearance of the policy; on the audit first.
// Route /desk/guard/reveal/ask: asks to reveal pseudonyms. Guard: an open case, a purpose that
// reveals, bounded in number; refusals are on the audit too.
// Route /desk/guard/reveal/approve: approves. Guard: another person of an approving role; on the
// audit first.
// Route /desk/guard/reveal/reject: rejects. Guard: another person of an approving role; on the
// audit first.
// Route /desk/guard/reveal/list: requests. Guard: role and clearance of the policy; pseudonyms
// alone.
// Route /desk/guard/reveal/show: the answer, once. Guard: the approvals the purpose asks for; on
// the audit first.

namespace noroshi {
namespace {

/// The request that is an id alone: {"id":"R3"}.
Result<std::string> id_from_json(const std::string& body) {
  return TRY(OfficeRequest::read(body, {"id"})).text("id");
}

}  // namespace

const OfficeDesk::NamedVerb OfficeDesk::kVerbs[] = {
    {"file", &OfficeDesk::file},
    {"file/withdraw", &OfficeDesk::withdraw},
    {"file/show", &OfficeDesk::show_filing},
    {"file/allows", &OfficeDesk::allows},
    {"case/open", &OfficeDesk::open_case},
    {"case/list", &OfficeDesk::list_cases},
    {"case/show", &OfficeDesk::show_case},
    {"case/close", &OfficeDesk::close_case},
    {"reveal/ask", &OfficeDesk::ask_reveal},
    {"reveal/list", &OfficeDesk::list_reveals},
    {"reveal/show", &OfficeDesk::show_reveal},
    {"reveal/approve", &OfficeDesk::approve},
    {"reveal/reject", &OfficeDesk::reject},
};

bool OfficeDesk::knows(std::string_view verb) {
  return std::ranges::find(kVerbs, verb, &NamedVerb::name) != std::end(kVerbs);
}

Result<std::string> OfficeDesk::answer(std::string_view verb, const std::string& body,
                                       const std::string& account) {
  const auto* const found = std::ranges::find(kVerbs, verb, &NamedVerb::name);
  if (found == std::end(kVerbs))
    return failure(ErrorCode::kNotFound, "there is nothing at this address");
  return (this->*found->verb)(body, account);
}

Person OfficeDesk::person(const std::string& account) const {
  return dependencies_.office.policy()->person_of(account);
}

Status OfficeDesk::unless_refused(Status may, const char* act, const std::string& account) const {
  if (may || may.error().code != ErrorCode::kPermission) return may;
  const auto append = [this](AuditEntry entry) -> Status {
    TRY(dependencies_.office.append(std::move(entry)));
    return {};
  };
  return refuse_on_record(append, person(account), {act, "", ""}, std::move(may).error());
}

Status OfficeDesk::may_look(const char* act, const std::string& account) const {
  return unless_refused(
      may_work_on_cases(*dependencies_.office.policy(), person(account), dependencies_.now()), act,
      account);
}

Result<std::string> OfficeDesk::file(const std::string& body, const std::string& account) {
  const auto text = TRY(TRY(OfficeRequest::read(body, {"text"})).text("text"));
  TRY(unless_refused(dependencies_.office.filing().file(text, dependencies_.filer(account)), "file",
                     account));
  return show_filing("{}", account);
}

Result<std::string> OfficeDesk::withdraw(const std::string& body, const std::string& account) {
  const auto reason = TRY(TRY(OfficeRequest::read(body, {"reason"})).text("reason"));
  TRY(unless_refused(dependencies_.office.filing().withdraw(reason, dependencies_.filer(account)),
                     "withdraw the filing", account));
  return show_filing("{}", account);
}

Result<std::string> OfficeDesk::show_filing(const std::string& body,
                                            const std::string& /*account*/) {
  TRY(OfficeRequest::read(body, {}));
  const auto state = dependencies_.collection();
  return filing_to_json(state, dependencies_.office.filing().in_force());
}

Result<std::string> OfficeDesk::allows(const std::string& body, const std::string& /*account*/) {
  const auto listening = TRY(listening_from_json(body));
  const nlohmann::json document = {
      {"missing", json_of(dependencies_.office.filing().missing(listening))}};
  return document.dump();
}

Result<std::string> OfficeDesk::open_case(const std::string& body, const std::string& account) {
  return to_json(
      TRY(dependencies_.office.cases().open(person(account), TRY(opening_from_json(body)))));
}

Result<std::string> OfficeDesk::list_cases(const std::string& body, const std::string& account) {
  TRY(OfficeRequest::read(body, {}));
  TRY(may_look("list cases", account));
  return to_json(TRY(dependencies_.office.cases().list()));
}

Result<std::string> OfficeDesk::show_case(const std::string& body, const std::string& account) {
  const auto id = TRY(id_from_json(body));
  TRY(may_look("show a case", account));
  return to_json(TRY(dependencies_.office.cases().find(id)));
}

Result<std::string> OfficeDesk::close_case(const std::string& body, const std::string& account) {
  return to_json(TRY(dependencies_.office.cases().close(person(account), TRY(id_from_json(body)))));
}

Result<std::string> OfficeDesk::ask_reveal(const std::string& body, const std::string& account) {
  const auto who = person(account);
  auto asking = TRY(asking_from_json(body));
  // As with reads: the default purpose of the first role that has one.
  const auto policy = dependencies_.office.policy();
  for (const auto& name : who.roles) {
    if (!asking.purpose.empty()) break;
    if (const auto* role = policy->find_role(name)) asking.purpose = role->default_purpose;
  }
  const auto request = TRY(dependencies_.office.reveals().ask(who, asking));
  return to_json(request, dependencies_.now());
}

Result<std::string> OfficeDesk::list_reveals(const std::string& body, const std::string& account) {
  TRY(OfficeRequest::read(body, {}));
  TRY(may_look("list reveals", account));
  return to_json(TRY(dependencies_.office.reveals().list()), dependencies_.now());
}

Result<std::string> OfficeDesk::show_reveal(const std::string& body, const std::string& account) {
  const auto id = TRY(id_from_json(body));
  const auto revealed = TRY(dependencies_.office.reveals().show(person(account), id));
  return to_json(TRY(dependencies_.office.reveals().find(id)), revealed);
}

Result<std::string> OfficeDesk::approve(const std::string& body, const std::string& account) {
  const auto id = TRY(id_from_json(body));
  const auto request = TRY(dependencies_.office.reveals().approve(person(account), id));
  return to_json(request, dependencies_.now());
}

Result<std::string> OfficeDesk::reject(const std::string& body, const std::string& account) {
  const auto request = TRY(OfficeRequest::read(body, {"id", "reason"}));
  const auto rejected = TRY(dependencies_.office.reveals().reject(
      person(account), TRY(request.text("id")), TRY(request.text("reason"))));
  return to_json(rejected, dependencies_.now());
}

}  // namespace noroshi
