#include "guard/report/month_collector.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "guard/cases/chronicle.h"

namespace noroshi {
namespace {

constexpr std::size_t kMostReasonOctets = 300;

std::uint64_t number_in(const AuditEntry& entry, std::string_view name) {
  const auto text = detail_of(entry, name);
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

/// Its beginning, cut between characters.
std::string beginning_of(std::string text) {
  if (text.size() <= kMostReasonOctets) return text;
  auto end = kMostReasonOctets;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end) + "…";
}

void add_once(std::vector<std::string>& names, std::string name) {
  if (std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
}

std::string person_in(const AuditEntry& entry) {
  auto person = detail_of(entry, "person");
  return person.empty() ? entry.who : person;
}

}  // namespace

MonthCollector::MonthCollector(ReportMonth month) { report_.month = month; }

std::optional<std::size_t> MonthCollector::add_event(const RecordedEntry& recorded,
                                                     std::vector<ReportedEvent>& list,
                                                     const std::string& name) {
  if (list.size() >= kMostListed) {
    ++report_.left_out[name];
    return std::nullopt;
  }
  const auto& entry = recorded.entry;
  list.push_back({recorded.moment.time, entry.who, entry.kind, detail_of(entry, "act"),
                  entry.purpose, entry.case_id, beginning_of(entry.what), entry.rows,
                  entry.result});
  return list.size() - 1;
}

void MonthCollector::add_read(const RecordedEntry& recorded) {
  const auto& entry = recorded.entry;
  const bool leaves = entry.kind == "export";
  if (leaves)
    if (const auto place = add_event(recorded, report_.exports, "exports"))
      open_exports_[entry.grant.empty() ? fmt::format("{}", recorded.sequence) : entry.grant] =
          *place;
  if (entry.grant.empty()) return;  // of the audit itself, not of what is stored
  const ReadKey key{entry.purpose, entry.who};
  auto& reads = reads_[key];
  ++reads.reads;
  if (leaves) ++reads.exports;
  open_[entry.grant] = key;
}

void MonthCollector::add_answer(const AuditEntry& entry) {
  const auto asked = entry.grant.empty() ? detail_of(entry, "entry") : entry.grant;
  if (const auto found = open_exports_.find(asked); found != open_exports_.end()) {
    auto& event = report_.exports[found->second];
    event.rows = entry.rows;
    event.result = entry.result;
    open_exports_.erase(found);
  }
  // An answer to what was permitted before the month counts where it was permitted.
  const auto found = open_.find(entry.grant);
  if (found == open_.end()) return;
  auto& reads = reads_[found->second];
  if (detail_of(entry, "failed").empty())
    reads.rows += entry.rows.value_or(0);
  else
    ++reads.failed;
  open_.erase(found);
}

void MonthCollector::add_refusal(const AuditEntry& entry) {
  auto reason = detail_of(entry, "reason");
  std::string act;
  if (reason.empty()) {
    reason = beginning_of(detail_of(entry, "why"));
    act = beginning_of(entry.what);
  }
  const RefusalKey key{entry.who, beginning_of(entry.purpose), std::move(reason), std::move(act)};
  if (!refusals_.contains(key) && refusals_.size() >= kMostListed)
    ++report_.left_out["refusals"];
  else
    ++refusals_[key];
}

void MonthCollector::add_reveal(const RecordedEntry& recorded, bool in_month) {
  const auto& entry = recorded.entry;
  const auto request = detail_of(entry, "request");
  if (request.empty()) return;
  auto& known = reveals_[request];
  auto& reveal = known.reveal;
  known.in_month = known.in_month || in_month;
  reveal.request = request;
  reveal.case_id = entry.case_id;
  reveal.purpose = entry.purpose;
  if (entry.kind == "reveal-asked") {
    reveal.asked_by = person_in(entry);
    reveal.pseudonyms = number_in(entry, "pseudonyms");
    if (in_month) reveal.asked = recorded.moment.time;
  } else if (entry.kind == "approved") {
    add_once(reveal.approved_by, person_in(entry));
  } else if (entry.kind == "rejected") {
    add_once(reveal.rejected_by, person_in(entry));
  } else if (in_month) {
    reveal.shown = recorded.moment.time;
  }
}

void MonthCollector::add(const RecordedEntry& recorded) {
  const auto& entry = recorded.entry;
  const auto& kind = entry.kind;
  if (recorded.moment.time >= report_.month.to() && kind != "answered" && kind != "deleted" &&
      kind != "timestamp")
    return;
  const bool in_month = report_.month.contains(recorded.moment.time);
  report_.node = recorded.node;
  if (kind == "timestamp")
    report_.last_time_stamp = {recorded.moment.time, detail_of(entry, "authority"),
                               number_in(entry, "covers")};
  // These have a beginning and an end that may lie in two months.
  if (kind == "deleted") deletions_.add(recorded);
  if (kind == "answered") add_answer(entry);
  if (kind == "reveal-asked" || kind == "approved" || kind == "rejected" || kind == "revealed")
    add_reveal(recorded, in_month);
  if (!in_month) return;

  if (report_.entries++ == 0) report_.first_entry = recorded.sequence;
  report_.last_entry = recorded.sequence;
  if (kind == "timestamp")
    ++report_.time_stamps;
  else if (kind == "read" || kind == "export")
    add_read(recorded);
  else if (kind == "refused")
    add_refusal(entry);
  else if (kind == "case")
    add_event(recorded, report_.cases, "cases");
  else if (kind == "key")
    add_event(recorded, report_.keys, "keys");
  else if (kind == "policy")
    add_event(recorded, report_.policies, "policies");
  else if (kind == "filed" || kind == "stopped")
    add_event(recorded, report_.filings, "filings");
  else if (kind == "recovered" || kind == "began")
    add_event(recorded, report_.incidents, "incidents");
}

void MonthCollector::add_deletions() {
  std::map<std::pair<std::string, std::string>, ReportedDeletions> sums;
  for (const auto& [deletion, time, sequence, outcome] : deletions_.take()) {
    if (!report_.month.contains(time)) continue;
    auto& sum = sums[{deletion.table, deletion.why}];
    if (outcome == RecordedDeletion::Outcome::kFailed) {
      ++sum.failed;
      continue;
    }
    if (outcome == RecordedDeletion::Outcome::kUnknown) {
      ++sum.unknown;
      continue;
    }
    ++sum.partitions;
    sum.rows += deletion.rows;
    sum.bytes += deletion.bytes;
    if (deletion.cases.empty()) continue;
    if (report_.breaches.size() >= kMostListed)
      ++report_.left_out["breaches"];
    else
      report_.breaches.push_back(
          {time, deletion.table, deletion.from, deletion.to, deletion.cases, deletion.rows});
  }
  for (auto& [key, sum] : sums) {
    sum.table = key.first;
    sum.why = key.second;
    report_.deletions.push_back(std::move(sum));
  }
}

MonthlyReport MonthCollector::finish() {
  for (const auto& [grant, key] : open_) ++reads_[key].unanswered;
  for (auto& [key, reads] : reads_) {
    reads.purpose = key.first;
    reads.account = key.second;
    report_.reads.push_back(std::move(reads));
  }
  for (const auto& [key, times] : refusals_) {
    const auto& [account, purpose, reason, act] = key;
    report_.refusals.push_back({account, purpose, reason, act, times});
  }
  for (auto& [request, known] : reveals_)
    if (known.in_month) {
      if (report_.reveals.size() >= kMostListed)
        ++report_.left_out["reveals"];
      else
        report_.reveals.push_back(std::move(known.reveal));
    }
  add_deletions();
  return std::move(report_);
}

}  // namespace noroshi
