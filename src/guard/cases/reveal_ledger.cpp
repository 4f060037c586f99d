#include "guard/cases/reveal_ledger.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "guard/cases/case.h"

namespace noroshi {
namespace {

constexpr std::string_view kColumns =
    "SELECT number, case_number, purpose, reason, asked_by, asked, expires, moment, "
    "approvals_needed, shown FROM reveals ";

std::int64_t stored(std::uint64_t number) { return static_cast<std::int64_t>(number); }
std::int64_t stored(Timestamp time) { return stored(to_unix_milliseconds(time)); }
Timestamp stored_moment(std::int64_t milliseconds) {
  return Timestamp(std::chrono::milliseconds(milliseconds));
}

Status read_parts(DatabaseStatements& ledger, RevealRequest& request) {
  for (const auto& row :
       TRY(ledger.query("SELECT pseudonym FROM reveal_pseudonyms WHERE reveal = :a ORDER BY place",
                        {stored(request.number)})))
    request.pseudonyms.push_back(TRY(IpAddress::parse(TRY(row.text(0)))));
  for (const auto& row : TRY(ledger.query("SELECT person, decided, approves, reason FROM "
                                          "reveal_decisions WHERE reveal = :a ORDER BY decided",
                                          {stored(request.number)}))) {
    RevealRequest::Decision decision;
    decision.person = TRY(row.text(0));
    decision.decided = stored_moment(TRY(row.number(1)));
    decision.approves = TRY(row.number(2)) != 0;
    decision.reason = TRY(row.text(3));
    request.decisions.push_back(std::move(decision));
  }
  return {};
}

Result<RevealRequest> request_of(DatabaseStatements& ledger, const DatabaseRow& row) {
  RevealRequest request;
  request.number = static_cast<std::uint64_t>(TRY(row.number(0)));
  request.case_number = static_cast<std::uint64_t>(TRY(row.number(1)));
  request.purpose = TRY(row.text(2));
  request.reason = TRY(row.text(3));
  request.asked_by = TRY(row.text(4));
  request.asked = stored_moment(TRY(row.number(5)));
  request.expires = stored_moment(TRY(row.number(6)));
  request.moment = stored_moment(TRY(row.number(7)));
  request.approvals_needed = static_cast<std::uint32_t>(TRY(row.number(8)));
  if (!row.is_null(9)) request.shown = stored_moment(TRY(row.number(9)));
  TRY(read_parts(ledger, request));
  return request;
}

}  // namespace

Result<std::vector<RevealRequest>> read_reveals(DatabaseStatements& ledger) {
  std::vector<RevealRequest> requests;
  for (const auto& row : TRY(ledger.query(fmt::format("{}ORDER BY number DESC", kColumns))))
    requests.push_back(TRY(request_of(ledger, row)));
  return requests;
}

Result<RevealRequest> read_reveal(DatabaseStatements& ledger, std::uint64_t number) {
  const auto rows =
      TRY(ledger.query(fmt::format("{}WHERE number = :a", kColumns), {stored(number)}));
  if (rows.empty())
    return failure(ErrorCode::kNotFound, fmt::format("there is no request {}", id_of('R', number)));
  return request_of(ledger, rows.front());
}

Result<std::uint64_t> newest_reveal(DatabaseStatements& ledger) {
  const auto rows = TRY(ledger.query("SELECT number FROM reveals ORDER BY number DESC LIMIT 1"));
  return rows.empty() ? 0 : static_cast<std::uint64_t>(TRY(rows.front().number(0)));
}

Status add_reveal(DatabaseStatements& ledger, const RevealRequest& request) {
  TRY(ledger.execute(
      "INSERT INTO reveals (number, case_number, purpose, reason, asked_by, asked, expires, moment,"
      " approvals_needed) VALUES (:a, :b, :c, :d, :e, :f, :g, :h, :i)",
      {stored(request.number), stored(request.case_number), request.purpose, request.reason,
       request.asked_by, stored(request.asked), stored(request.expires), stored(request.moment),
       std::int64_t{request.approvals_needed}}));
  std::int64_t place = 0;
  for (const auto& pseudonym : request.pseudonyms)
    TRY(ledger.execute(
        "INSERT INTO reveal_pseudonyms (reveal, place, pseudonym) VALUES (:a, :b, :c)",
        {stored(request.number), place++, pseudonym.to_string()}));
  return {};
}

Status add_decision(DatabaseStatements& ledger, std::uint64_t number,
                    const RevealRequest::Decision& decision) {
  TRY(
      ledger.execute("INSERT INTO reveal_decisions (reveal, person, decided, approves, reason) "
                     "VALUES (:a, :b, :c, :d, :e)",
                     {stored(number), decision.person, stored(decision.decided),
                      std::int64_t{decision.approves}, decision.reason}));
  return {};
}

Status mark_shown(DatabaseStatements& ledger, std::uint64_t number, Timestamp when) {
  TRY(ledger.execute("UPDATE reveals SET shown = :a WHERE number = :b",
                     {stored(when), stored(number)}));
  return {};
}

}  // namespace noroshi
