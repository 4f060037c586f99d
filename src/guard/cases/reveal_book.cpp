#include "guard/cases/reveal_book.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "guard/cases/entitlement.h"
#include "guard/cases/refusal.h"
#include "guard/cases/reveal_ledger.h"

namespace noroshi {
namespace {

tl::unexpected<Error> forbidden(std::string message) {
  return failure(ErrorCode::kPermission, std::move(message));
}

/// The purpose of that name, as something that reveals at all.
Result<const Purpose*> purpose_of(const Policy& policy, std::string_view name) {
  const auto* purpose = policy.find_purpose(name);
  if (purpose == nullptr)
    return failure(ErrorCode::kInvalidArgument,
                   fmt::format("the policy has no purpose '{}'", name));
  return purpose;
}

/// A request that somebody made of something that does not exist has no id to be told by.
RefusedAct refused_act(std::string act, const RevealRequest& request) {
  return {std::move(act), request.case_id(), request.id()};
}

/// The last moment of a case that has been: what its data is of.
Timestamp moment_of(const Case& of, std::optional<Timestamp> stated, Timestamp now) {
  return stated.value_or(std::min(of.to - std::chrono::milliseconds(1), now));
}

}  // namespace

Result<RevealRequest> RevealBook::ask(const Person& who, const Asking& asking) {
  const std::lock_guard lock(mutex_);
  auto request = asked(who, asking);
  if (!request) {
    RefusedAct act{"reveal", "", ""};
    if (parse_id('C', asking.case_id)) act.case_id = asking.case_id;
    return refuse_on_record(dependencies_.append, who, act, request.error());
  }
  std::uint64_t known = 0;
  for (const auto& [id, facts] : dependencies_.chronicle.reveals())
    known = std::max(known, parse_id('R', id).value_or(0));
  TRY(dependencies_.ledger.transaction([&](DatabaseStatements& ledger) -> Status {
    request->number = next_number(TRY(newest_reveal(ledger)), known);
    TRY(add_reveal(ledger, *request));
    auto entry = entry_of("reveal-asked", who, *request);
    const auto* purpose = dependencies_.policy()->find_purpose(request->purpose);
    entry.what = request->reason;
    entry.details.emplace_back("bulk", purpose != nullptr && purpose->bulk_reveal ? "yes" : "no");
    entry.details.emplace_back("approvals_needed", fmt::format("{}", request->approvals_needed));
    entry.details.emplace_back("expires", to_rfc3339(request->expires));
    return dependencies_.append(std::move(entry));
  }));
  return request;
}

Result<RevealRequest> RevealBook::asked(const Person& who, const Asking& asking) {
  const auto policy = dependencies_.policy();
  const auto now = dependencies_.now();
  const auto* purpose = TRY(purpose_of(*policy, asking.purpose));
  TRY(may_ask_reveals(*policy, who, *purpose, now));
  const auto of = TRY(dependencies_.cases.open_case(asking.case_id));
  if (asking.reason.find_first_not_of(" \t\r\n") == std::string::npos ||
      asking.reason.size() > kMostRevealReason)
    return failure(ErrorCode::kInvalidArgument,
                   fmt::format("a reason is needed, of {} octets at most", kMostRevealReason));
  const std::set<IpAddress> distinct(asking.pseudonyms.begin(), asking.pseudonyms.end());
  if (distinct.empty() ||
      !std::ranges::all_of(distinct, [](const auto& one) { return one.is_pseudonym(); }))
    return failure(ErrorCode::kInvalidArgument,
                   "what is revealed are pseudonyms, written ~198.51.100.7");
  const auto count = distinct.size();
  if (!purpose->bulk_reveal) {
    const auto today = dependencies_.chronicle.asked_since(who.name, now - std::chrono::hours(24));
    if (count > config_.most_at_once || today + count > config_.most_a_day)
      return forbidden(
          fmt::format("{} pseudonyms now and {} in the 24 hours before: more than {} "
                      "at once or {} a day need a purpose for bulk",
                      count, today, config_.most_at_once, config_.most_a_day));
  } else if (count > config_.most_in_bulk) {
    return failure(ErrorCode::kLimit, fmt::format("more than {} pseudonyms", config_.most_in_bulk));
  }
  const auto moment = moment_of(of, asking.moment, now);
  if (moment < of.from || moment >= of.to)
    return forbidden(
        fmt::format("{} lies outside the window of the case {}", to_rfc3339(moment), of.id()));
  RevealRequest request;
  request.case_number = of.number;
  request.purpose = purpose->name;
  request.reason = asking.reason;
  request.asked_by = who.name;
  request.asked = now;
  request.expires = now + config_.lifetime;
  request.moment = moment;
  request.pseudonyms.assign(distinct.begin(), distinct.end());
  request.approvals_needed = purpose->approvals;
  return request;
}

Result<RevealRequest> RevealBook::approve(const Person& who, std::string_view id) {
  return decide(who, id, true, "");
}

Result<RevealRequest> RevealBook::reject(const Person& who, std::string_view id,
                                         const std::string& reason) {
  if (reason.find_first_not_of(" \t\r\n") == std::string::npos || reason.size() > kMostRevealReason)
    return failure(ErrorCode::kInvalidArgument,
                   fmt::format("a reason is needed, of {} octets at most", kMostRevealReason));
  return decide(who, id, false, reason);
}

Result<RevealRequest> RevealBook::decide(const Person& who, std::string_view id, bool approves,
                                         const std::string& reason) {
  const std::lock_guard lock(mutex_);
  const char* act = approves ? "approve a reveal" : "reject a reveal";
  auto request = request_for(id);
  if (!request) return refuse_on_record(dependencies_.append, who, {act, "", ""}, request.error());
  if (auto may = may_decide(who, *request); !may)
    return refuse_on_record(dependencies_.append, who, refused_act(act, *request),
                            std::move(may).error());
  const RevealRequest::Decision decision{who.name, dependencies_.now(), approves, reason};
  request->decisions.push_back(decision);
  TRY(dependencies_.ledger.transaction([&](DatabaseStatements& ledger) -> Status {
    TRY(add_decision(ledger, request->number, decision));
    auto entry = entry_of(approves ? "approved" : "rejected", who, *request);
    if (!approves) entry.what = reason;
    return dependencies_.append(std::move(entry));
  }));
  return request;
}

Status RevealBook::may_decide(const Person& who, const RevealRequest& request) {
  const auto now = dependencies_.now();
  const auto policy = dependencies_.policy();
  const auto* purpose = TRY(purpose_of(*policy, request.purpose));
  if (who.name == request.asked_by) return forbidden("nobody decides about a request of their own");
  if (std::ranges::count(request.decisions, who.name, &RevealRequest::Decision::person) > 0)
    return forbidden(fmt::format("{} has decided about {} already", who.name, request.id()));
  TRY(may_approve_reveals(*policy, who, *purpose, now));
  TRY(dependencies_.cases.open_case(request.case_id()));
  if (const auto state = request.state(now); state != RevealState::kWaiting)
    return forbidden(fmt::format("the request {} is {}", request.id(), name_of(state)));
  return {};
}

Result<std::vector<RevealedAddress>> RevealBook::show(const Person& who, std::string_view id) {
  const std::lock_guard lock(mutex_);
  const char* act = "show a reveal";
  auto request = request_for(id);
  if (!request) return refuse_on_record(dependencies_.append, who, {act, "", ""}, request.error());
  if (auto may = may_see(who, *request); !may)
    return refuse_on_record(dependencies_.append, who, refused_act(act, *request),
                            std::move(may).error());
  std::vector<RevealedAddress> revealed;
  std::string addresses;
  for (const auto& pseudonym : request->pseudonyms) {
    revealed.push_back({pseudonym, TRY(dependencies_.address_of(pseudonym, request->moment))});
    addresses += fmt::format("{} {} {}\n", request->id(), pseudonym.to_string(),
                             revealed.back().address.to_string());
  }
  auto entry = entry_of("revealed", who, *request);
  entry.rows = revealed.size();
  entry.details.emplace_back("answer_hmac", TRY(dependencies_.keyed_hash(addresses)));
  // On record first: should the ledger fail, the answer is shown to nobody, now or later.
  TRY(dependencies_.append(std::move(entry)));
  TRY(dependencies_.ledger.transaction([&](DatabaseStatements& ledger) {
    return mark_shown(ledger, request->number, dependencies_.now());
  }));
  return revealed;
}

Status RevealBook::may_see(const Person& who, const RevealRequest& request) {
  const auto now = dependencies_.now();
  const auto policy = dependencies_.policy();
  const auto* purpose = TRY(purpose_of(*policy, request.purpose));
  if (who.name != request.asked_by)
    return forbidden(fmt::format("only {}, who asked, is shown the answer", request.asked_by));
  TRY(may_ask_reveals(*policy, who, *purpose, now));
  TRY(dependencies_.cases.open_case(request.case_id()));
  if (const auto state = request.state(now); state != RevealState::kApproved)
    return forbidden(state == RevealState::kWaiting
                         ? fmt::format("the request {} has {} of {} approvals", request.id(),
                                       request.approvals(), request.approvals_needed)
                     : state == RevealState::kShown
                         ? fmt::format("the answer to {} was shown on {}: it is shown once",
                                       request.id(), to_rfc3339(*request.shown))
                         : fmt::format("the request {} is {}", request.id(), name_of(state)));
  // A purpose that wants more people now than when it was asked is obeyed.
  if (request.approvals() < purpose->approvals)
    return forbidden(
        fmt::format("the purpose {} now wants {} approvals", purpose->name, purpose->approvals));
  for (const auto& decision : request.decisions) {
    const auto approver = std::ranges::find(policy->persons, decision.person, &Person::name);
    if (approver == policy->persons.end())
      return forbidden(
          fmt::format("{}, who approved, is no longer in the policy", decision.person));
  }
  return {};
}

Result<RevealRequest> RevealBook::find(std::string_view id) {
  const auto number = TRY(parse_id('R', id));
  RevealRequest request;
  TRY(dependencies_.ledger.transaction([&](DatabaseStatements& ledger) -> Status {
    request = TRY(read_reveal(ledger, number));
    return {};
  }));
  return request;
}

Result<std::vector<RevealRequest>> RevealBook::list() {
  std::vector<RevealRequest> requests;
  TRY(dependencies_.ledger.transaction([&](DatabaseStatements& ledger) -> Status {
    requests = TRY(read_reveals(ledger));
    return {};
  }));
  return requests;
}

Result<RevealRequest> RevealBook::request_for(std::string_view id) {
  auto request = TRY(find(id));
  TRY(agrees(request));
  return request;
}

Status RevealBook::agrees(const RevealRequest& request) const {
  const auto facts = dependencies_.chronicle.find_reveal(request.id());
  std::set<std::string> approved;
  std::set<std::string> rejected;
  for (const auto& decision : request.decisions)
    (decision.approves ? approved : rejected).insert(decision.person);
  if (facts && facts->digest == digest_of(request).to_hex() && facts->approved_by == approved &&
      facts->rejected_by == rejected && facts->shown == request.shown.has_value())
    return {};
  return forbidden(
      fmt::format("the request {} in the ledger is not what the audit says: somebody "
                  "changed the ledger by hand",
                  request.id()));
}

Result<std::vector<std::string>> RevealBook::disagreements() {
  std::vector<std::string> found;
  std::set<std::string> present;
  for (const auto& request : TRY(list())) {
    present.insert(request.id());
    if (const auto status = agrees(request); !status) found.push_back(status.error().message);
  }
  for (const auto& [id, facts] : dependencies_.chronicle.reveals())
    if (!present.contains(id))
      found.push_back(fmt::format("the ledger has lost the request {}", id));
  for (auto& message : TRY(dependencies_.cases.disagreements())) found.push_back(message);
  return found;
}

AuditEntry RevealBook::entry_of(std::string_view kind, const Person& who,
                                const RevealRequest& request) const {
  AuditEntry entry;
  entry.kind = kind;
  entry.who = who.account;
  entry.purpose = request.purpose;
  entry.case_id = request.case_id();
  entry.details = {{"request", request.id()},
                   {"person", who.name},
                   {"digest", digest_of(request).to_hex()},
                   {"pseudonyms", fmt::format("{}", request.pseudonyms.size())}};
  return entry;
}

}  // namespace noroshi
