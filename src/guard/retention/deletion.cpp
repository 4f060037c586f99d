#include "guard/retention/deletion.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "guard/cases/chronicle.h"
#include "guard/filing/filing.h"

namespace noroshi {
namespace {

struct Reason {
  DeletionReason reason;
  std::string_view name;
  const char* ja;
  const char* en;
};
constexpr std::array<Reason, 5> kReasons = {{
    {DeletionReason::kAge, "age", "保存期間の満了", "kept for its time"},
    {DeletionReason::kTableSize, "table-size", "表の大きさの上限", "its table was too large"},
    {DeletionReason::kDiskShare, "disk-share", "ディスクの割当て超過",
     "the history's share of the disk"},
    {DeletionReason::kDiskFree, "disk-free", "ディスクの空き不足", "too little disk free"},
    {DeletionReason::kInClear, "in-clear", "仮名化以前の加入者アドレスを含む",
     "held subscribers' addresses from before pseudonyms"},
}};

constexpr std::string_view kBegins = "begins";
constexpr std::string_view kDone = "done";
constexpr std::string_view kFailed = "failed";

AuditEntry entry_of(const Deletion& deletion, std::string_view act) {
  AuditEntry entry;
  entry.kind = name_of(deletion.act);
  entry.who = "system:retention";
  entry.what = fmt::format("{} from {} to {}", deletion.table, to_rfc3339(deletion.from),
                           to_rfc3339(deletion.to));
  entry.rows = deletion.rows;
  entry.details = {{"act", std::string(act)},
                   {"table", deletion.table},
                   {"from", to_rfc3339(deletion.from)},
                   {"to", to_rfc3339(deletion.to)},
                   {"bytes", fmt::format("{}", deletion.bytes)},
                   {"why", deletion.why}};
  if (!deletion.cases.empty())
    entry.details.emplace_back("held_by", fmt::format("{}", fmt::join(deletion.cases, ",")));
  return entry;
}

std::vector<std::string> parts_of(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const auto end = std::min(text.find(','), text.size());
    parts.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

std::optional<Deletion> deletion_of(const AuditEntry& entry) {
  const auto from = parse_filing_moment(detail_of(entry, "from"));
  const auto to = parse_filing_moment(detail_of(entry, "to"));
  if (!from || !to) return std::nullopt;
  Deletion deletion;
  deletion.table = detail_of(entry, "table");
  deletion.from = *from;
  deletion.to = *to;
  deletion.rows = entry.rows.value_or(0);
  const auto bytes = detail_of(entry, "bytes");
  std::from_chars(bytes.data(), bytes.data() + bytes.size(), deletion.bytes);
  deletion.why = detail_of(entry, "why");
  deletion.cases = parts_of(detail_of(entry, "held_by"));
  return deletion;
}

}  // namespace

std::string_view name_of(DeletionReason reason) {
  return std::ranges::find(kReasons, reason, &Reason::reason)->name;
}

Bilingual words_of_deletion_reason(std::string_view name) {
  const auto* const found = std::ranges::find(kReasons, name, &Reason::name);
  if (found == kReasons.end()) return {std::string(name), std::string(name)};
  return {found->ja, found->en};
}

AuditEntry entry_before(const Deletion& deletion, bool late) {
  auto entry = entry_of(deletion, kBegins);
  if (late) entry.details.emplace_back("recorded", "late");
  return entry;
}

AuditEntry entry_after(const Deletion& deletion, bool done) {
  return entry_of(deletion, done ? kDone : kFailed);
}

std::string_view name_of(Deletion::Act act) {
  return act == Deletion::Act::kRewritten ? "rewritten" : "deleted";
}

const Bilingual& words_of(Deletion::Act act) {
  static const Bilingual deleted{"削除", "deleted"};
  static const Bilingual rewritten{"仮名に置換", "rewritten with pseudonyms"};
  return act == Deletion::Act::kRewritten ? rewritten : deleted;
}

std::string_view name_of(RecordedDeletion::Outcome outcome) {
  switch (outcome) {
    case RecordedDeletion::Outcome::kDone:
      return kDone;
    case RecordedDeletion::Outcome::kFailed:
      return kFailed;
    case RecordedDeletion::Outcome::kUnknown:
      return "unknown";
  }
  return "";
}

const Bilingual& words_of(RecordedDeletion::Outcome outcome) {
  static const Bilingual done{"完了", "done"};
  static const Bilingual failed{"失敗", "failed"};
  static const Bilingual unknown{"不明（途中で終了）", "not known (the program ended meanwhile)"};
  switch (outcome) {
    case RecordedDeletion::Outcome::kDone:
      return done;
    case RecordedDeletion::Outcome::kFailed:
      return failed;
    case RecordedDeletion::Outcome::kUnknown:
      return unknown;
  }
  return unknown;
}

void DeletionList::add(const RecordedEntry& recorded) {
  const bool rewritten = recorded.entry.kind == name_of(Deletion::Act::kRewritten);
  if (!rewritten && recorded.entry.kind != name_of(Deletion::Act::kDeleted)) return;
  auto deletion = deletion_of(recorded.entry);
  if (!deletion) return;
  if (rewritten) deletion->act = Deletion::Act::kRewritten;
  const auto act = detail_of(recorded.entry, "act");
  const Key key{deletion->table, deletion->from, deletion->to};
  if (act == kBegins) {
    begun_[key] = recorded.sequence;
    list_[recorded.sequence] = {std::move(*deletion), recorded.moment.time, recorded.sequence,
                                RecordedDeletion::Outcome::kUnknown};
    if (list_.size() > most_) {
      list_.erase(list_.begin());
      ++left_out_;
    }
    return;
  }
  const auto begun = begun_.find(key);
  if (begun == begun_.end()) return;
  if (const auto found = list_.find(begun->second); found != list_.end())
    found->second.outcome =
        act == kDone ? RecordedDeletion::Outcome::kDone : RecordedDeletion::Outcome::kFailed;
  begun_.erase(begun);
}

std::vector<RecordedDeletion> DeletionList::take() {
  std::vector<RecordedDeletion> taken;
  taken.reserve(list_.size());
  for (auto& [sequence, recorded] : list_) taken.push_back(std::move(recorded));
  list_.clear();
  begun_.clear();
  return taken;
}

}  // namespace noroshi
