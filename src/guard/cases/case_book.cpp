#include "guard/cases/case_book.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "filter/parse.h"
#include "filter/print.h"
#include "guard/cases/entitlement.h"
#include "guard/cases/refusal.h"

namespace noroshi {
namespace {

constexpr std::string_view kColumns =
    "SELECT number, title, opened_by, opened, window_from, window_to, filter, hold, closed_by, "
    "closed FROM cases ";

std::int64_t stored(Timestamp time) {
  return static_cast<std::int64_t>(to_unix_milliseconds(time));
}
Timestamp stored_moment(std::int64_t milliseconds) {
  return Timestamp(std::chrono::milliseconds(milliseconds));
}

Result<Case> case_of(const DatabaseRow& row) {
  Case found;
  found.number = static_cast<std::uint64_t>(TRY(row.number(0)));
  found.title = TRY(row.text(1));
  found.opened_by = TRY(row.text(2));
  found.opened = stored_moment(TRY(row.number(3)));
  found.from = stored_moment(TRY(row.number(4)));
  found.to = stored_moment(TRY(row.number(5)));
  found.filter = TRY(row.text(6));
  found.hold = TRY(row.number(7)) != 0;
  if (!row.is_null(8)) found.closed_by = TRY(row.text(8));
  if (!row.is_null(9)) found.closed = stored_moment(TRY(row.number(9)));
  return found;
}

Result<std::vector<Case>> cases_of(const std::vector<DatabaseRow>& rows) {
  std::vector<Case> cases;
  for (const auto& row : rows) cases.push_back(TRY(case_of(row)));
  return cases;
}

AuditEntry entry_of(const Person& who, const Case& of, std::string act, std::string what) {
  AuditEntry entry;
  entry.kind = "case";
  entry.who = who.account;
  entry.case_id = of.id();
  entry.what = std::move(what);
  entry.details = {{"act", std::move(act)},
                   {"person", who.name},
                   {"digest", digest_of(of).to_hex()},
                   {"from", to_rfc3339(of.from)},
                   {"to", to_rfc3339(of.to)},
                   {"filter", of.filter},
                   {"hold", of.hold ? "yes" : "no"}};
  return entry;
}

}  // namespace

std::uint64_t next_number(std::uint64_t in_ledger, std::uint64_t in_audit) {
  return std::max(in_ledger, in_audit) + 1;
}

Result<Case> CaseBook::open(const Person& who, const Opening& opening) {
  const auto policy = dependencies_.policy();
  const auto now = dependencies_.now();
  if (auto may = may_work_on_cases(*policy, who, now); !may)
    return refuse(who, "", "open a case", std::move(may).error());
  if (opening.title.find_first_not_of(" \t\r\n") == std::string::npos ||
      opening.title.size() > kMostCaseTitle)
    return failure(ErrorCode::kInvalidArgument,
                   fmt::format("a case needs a title, of {} octets at most", kMostCaseTitle));
  if (opening.from >= opening.to)
    return failure(ErrorCode::kInvalidArgument, "the window of a case ends after it begins");
  Case opened;
  opened.title = opening.title;
  opened.opened_by = who.name;
  opened.opened = now;
  opened.from = opening.from;
  opened.to = opening.to;
  opened.hold = opening.hold;
  auto filter = dependencies_.read_filter(opening.filter);
  if (!filter && filter.error().code == ErrorCode::kPermission)
    return refuse(who, "", "open a case", filter.error());
  opened.filter = to_string(TRY(std::move(filter)));
  if (opened.filter.size() > kMostCaseFilter)
    return failure(ErrorCode::kLimit,
                   fmt::format("the filter of a case has at most {} octets", kMostCaseFilter));

  std::uint64_t known = 0;
  for (const auto& [id, facts] : dependencies_.chronicle.cases())
    known = std::max(known, parse_id('C', id).value_or(0));
  TRY(dependencies_.ledger.transaction([&](DatabaseStatements& ledger) -> Status {
    const auto rows = TRY(ledger.query("SELECT number FROM cases ORDER BY number DESC LIMIT 1"));
    const auto newest = rows.empty() ? 0 : TRY(rows.front().number(0));
    opened.number = next_number(static_cast<std::uint64_t>(newest), known);
    TRY(ledger.execute(
        "INSERT INTO cases (number, title, opened_by, opened, window_from, window_to, filter, hold)"
        " VALUES (:a, :b, :c, :d, :e, :f, :g, :h)",
        {static_cast<std::int64_t>(opened.number), opened.title, opened.opened_by,
         stored(opened.opened), stored(opened.from), stored(opened.to), opened.filter,
         std::int64_t{opened.hold}}));
    // Inside the transaction: a case that is not on record is not in the ledger.
    return dependencies_.append(entry_of(who, opened, "opened", opened.title));
  }));
  return opened;
}

Result<Case> CaseBook::close(const Person& who, std::string_view id) {
  const auto policy = dependencies_.policy();
  const auto now = dependencies_.now();
  if (auto may = may_work_on_cases(*policy, who, now); !may)
    return refuse(who, id, "close a case", std::move(may).error());
  auto found = open_case(id);
  if (!found) return refuse(who, id, "close a case", found.error());
  found->closed = now;
  found->closed_by = who.name;
  TRY(dependencies_.ledger.transaction([&](DatabaseStatements& ledger) -> Status {
    TRY(ledger.execute("UPDATE cases SET closed = :a, closed_by = :b WHERE number = :c",
                       {stored(now), who.name, static_cast<std::int64_t>(found->number)}));
    return dependencies_.append(entry_of(who, *found, "closed", found->title));
  }));
  return found;
}

Result<Case> CaseBook::find(std::string_view id) {
  const auto number = TRY(parse_id('C', id));
  std::vector<Case> cases;
  TRY(dependencies_.ledger.transaction([&](DatabaseStatements& ledger) -> Status {
    cases = TRY(cases_of(TRY(ledger.query(fmt::format("{}WHERE number = :a", kColumns),
                                          {static_cast<std::int64_t>(number)}))));
    return {};
  }));
  if (cases.empty()) return failure(ErrorCode::kNotFound, fmt::format("there is no case {}", id));
  return std::move(cases.front());
}

Result<std::vector<Case>> CaseBook::list() {
  std::vector<Case> cases;
  TRY(dependencies_.ledger.transaction([&](DatabaseStatements& ledger) -> Status {
    cases = TRY(cases_of(TRY(ledger.query(fmt::format("{}ORDER BY number DESC", kColumns)))));
    return {};
  }));
  return cases;
}

Result<Case> CaseBook::open_case(std::string_view id) {
  auto found = TRY(find(id));
  TRY(agrees(found));
  if (found.closed)
    return failure(ErrorCode::kPermission,
                   fmt::format("the case {} was closed on {}", id, to_rfc3339(*found.closed)));
  return found;
}

Result<CaseBounds> CaseBook::bounds(std::string_view case_id) {
  return bounds_of(TRY(open_case(case_id)));
}

Result<std::vector<CaseHold>> CaseBook::holds() {
  std::vector<CaseHold> holds;
  const auto cases = TRY(list());
  for (const auto& [id, facts] : dependencies_.chronicle.cases()) {
    if (facts.closed) continue;
    const auto found = std::ranges::find(cases, id, &Case::id);
    if (found == cases.end())
      return failure(
          ErrorCode::kMalformed,
          fmt::format("the ledger has lost the case {}, which the audit says is open", id));
    TRY(agrees(*found));
    if (!found->hold) continue;
    auto bounds = TRY(bounds_of(*found));
    holds.push_back({id, std::move(bounds)});
  }
  return holds;
}

Result<std::vector<std::string>> CaseBook::disagreements() {
  std::vector<std::string> found;
  std::set<std::string> present;
  for (const auto& one : TRY(list())) {
    present.insert(one.id());
    if (const auto status = agrees(one); !status) found.push_back(status.error().message);
  }
  for (const auto& [id, facts] : dependencies_.chronicle.cases())
    if (!present.contains(id)) found.push_back(fmt::format("the ledger has lost the case {}", id));
  return found;
}

Status CaseBook::agrees(const Case& found) const {
  const auto facts = dependencies_.chronicle.find_case(found.id());
  if (facts && facts->digest == digest_of(found).to_hex() &&
      facts->closed == found.closed.has_value())
    return {};
  return failure(ErrorCode::kPermission,
                 fmt::format("the case {} in the ledger is not what the audit says: somebody "
                             "changed the ledger by hand",
                             found.id()));
}

Result<CaseBounds> CaseBook::bounds_of(const Case& found) const {
  // As it was printed, it stands for itself: no word of it is local.
  return CaseBounds{found.from, found.to, TRY(parse_filter(found.filter, {}, found.opened))};
}

tl::unexpected<Error> CaseBook::refuse(const Person& who, std::string_view case_id, std::string act,
                                       Error error) const {
  RefusedAct refused{std::move(act), "", ""};
  // What a person typed may be anything: only what is a case's id goes on record.
  if (parse_id('C', case_id)) refused.case_id = std::string(case_id);
  return refuse_on_record(dependencies_.append, who, refused, std::move(error));
}

}  // namespace noroshi
