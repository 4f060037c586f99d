#include "pipeline/old_rows.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "guard/answer_digest.h"
#include "guard/pseudonym/private_file.h"
#include "guard/pseudonym/subscriber_ranges.h"
#include "pipeline/late_pseudonyms.h"

namespace noroshi {
namespace {

constexpr std::uint64_t kHour = 3'600'000;
constexpr std::size_t kMostNamed = 5;

Timestamp moment_of(std::uint64_t hour) { return from_unix_milliseconds(hour * kHour); }

std::string text_of(std::vector<Prefix> ranges) {
  std::vector<std::string> lines;
  for (const auto& range : ranges) lines.push_back(range.to_string() + "\n");
  std::ranges::sort(lines);
  std::string text;
  for (const auto& line : lines) text += line;
  return text;
}

/// "12 rows of flows, of 2026-11-22T03Z (5), 2026-11-22T04Z (7)".
std::string in_words(const std::vector<ClearRows>& found) {
  std::map<std::string, std::vector<const ClearRows*>> tables;
  for (const auto& rows : found) tables[rows.table].push_back(&rows);
  std::string text;
  for (const auto& [table, hours] : tables) {
    std::uint64_t sum = 0;
    for (const auto* rows : hours) sum += rows->rows;
    text += fmt::format("{}{} rows of {}, of ", text.empty() ? "" : "; ", sum, table);
    for (std::size_t at = 0; at < std::min(hours.size(), kMostNamed); ++at)
      text +=
          fmt::format("{}{} ({})", at == 0 ? "" : ", ",
                      to_rfc3339(moment_of(hours[at]->hour)).substr(0, 13) + "Z", hours[at]->rows);
    if (hours.size() > kMostNamed)
      text += fmt::format(" and {} more hours", hours.size() - kMostNamed);
  }
  return text;
}

}  // namespace

bool OldRowsCheck::is_marked() const {
  const auto mark = read_private_file(config_.mark);
  return mark && mark->text() == text_of(config_.subscribers);
}

Status OldRowsCheck::forget() {
  std::error_code error;
  std::filesystem::remove(config_.mark, error);
  if (error)
    return failure(ErrorCode::kIo, fmt::format("{}: {}", config_.mark.string(), error.message()));
  return {};
}

Status OldRowsCheck::look_into_spool() {
  if (config_.subscribers.empty()) return forget();
  std::error_code error;
  if (is_marked() || !std::filesystem::exists(config_.spool, error)) return {};
  const auto spool = TRY(Spool::open({.folder = config_.spool}));
  return look_into(*spool);
}

Status OldRowsCheck::look_into(Spool& spool) {
  const auto ranges = TRY(SubscriberRanges::of(config_.subscribers));
  // A batch that was rewritten is in the spool twice until the old one is gone: were both there
  // when the program was killed, only the new one is to reach the history.
  std::set<BatchId> clean_already;
  std::vector<Spool::Waiting> in_clear;
  for (auto waiting = spool.next(0); waiting; waiting = spool.next(waiting->sequence)) {
    const auto batch = spool.read(waiting->sequence);
    if (!batch) continue;  // damaged: counted by the spool, and gone
    const auto rows = rows_in_clear(*batch, ranges);
    if (rows == 0) {
      clean_already.insert(waiting->batch);
      continue;
    }
    in_clear.push_back(*waiting);
    spooled_ += rows;
  }
  if (config_.choice == OldRows::kRefuse) return {};
  spooled_ = 0;
  if (!rewrites()) {
    const auto held = HeldData::ask(dependencies_.holds);
    for (const auto& waiting : in_clear)
      TRY(may_go(held, "flows", moment_of(waiting.hour), moment_of(waiting.hour + 1)));
  }
  for (const auto& waiting : in_clear) {
    auto batch = spool.read(waiting.sequence);
    if (!batch) continue;
    if (clean_already.contains(waiting.batch))
      spool.done(waiting.sequence);
    else
      TRY(clean(spool, waiting, *batch));
  }
  return {};
}

Status OldRowsCheck::clean(Spool& spool, const Spool::Waiting& waiting, FlowBatch& batch) {
  Deletion of;
  of.table = "spool";
  of.from = moment_of(waiting.hour);
  of.to = moment_of(waiting.hour + 1);
  of.rows = batch.size();
  TRY(dependencies_.progress({of}));
  return on_record(of, [&]() -> Status {
    if (rewrites()) {
      auto pseudonyms = TRY(LatePseudonyms::open(config_.key_file, config_.subscribers));
      TRY(pseudonyms.replace(batch));
      const Spool::Item item{waiting.batch, waiting.hour, waiting.shard, waiting.unclear, &batch};
      TRY(spool.append({&item, 1}).status);
    }
    spool.done(waiting.sequence);
    return {};
  });
}

Result<std::vector<ClearRows>> OldRowsCheck::search(History& history) {
  auto granted = TRY(dependencies_.guard.permit_search());
  const auto terms = granted.terms();
  auto found = history.clear_rows(std::move(granted));
  if (!found) {
    TRY(dependencies_.guard.failed(terms, found.error()));
    return found;
  }
  AnswerDigest digest;
  for (const auto& rows : *found)
    digest.add(fmt::format("{} {} {}\n", rows.table, rows.hour, rows.rows));
  TRY(dependencies_.guard.answered(terms, found->size(), digest.finish()));
  return found;
}

Status OldRowsCheck::look_into(History& history) {
  // What we left half done comes first, whatever is wanted now: nobody could write there.
  if (auto ours = history.has_turn(config_.node); ours && *ours) {
    TRY(history.take_turn(config_.node));
    TRY(history.give_turn());
  } else if (!ours && ours.error().code != ErrorCode::kUnavailable) {
    return tl::unexpected(ours.error());
  }
  if (config_.subscribers.empty() || is_marked()) return {};
  auto found = TRY(search(history));
  if (config_.choice == OldRows::kRefuse && (!found.empty() || spooled_ > 0)) {
    auto words = in_words(found);
    if (spooled_ > 0)
      words += fmt::format("{}{} rows that wait in the spool", words.empty() ? "" : "; ", spooled_);
    return failure(
        ErrorCode::kPermission,
        fmt::format("the history holds addresses of network.subscribers in clear, from before they "
                    "were pseudonyms: {}. Say what becomes of them under [guard]: old_rows = "
                    "\"rewrite\" puts pseudonyms in their place, old_rows = \"drop\" deletes those "
                    "hours",
                    words));
  }
  if (!found.empty()) {
    TRY(history.take_turn(config_.node));
    auto cleaned = clean(history, found);
    // What is half done is ended at once, or by our next start, whose turn it then still is.
    if (cleaned || history.take_turn(config_.node)) TRY(history.give_turn());
    if (!cleaned) return cleaned;
    found = TRY(search(history));
    if (!found.empty())
      return failure(ErrorCode::kIo, "rows with addresses in clear are still there: " +
                                         in_words(found) + "; another program writes them");
  }
  return write_private_file(config_.mark, text_of(config_.subscribers));
}

Status OldRowsCheck::clean(History& history, const std::vector<ClearRows>& found) {
  std::optional<LatePseudonyms> pseudonyms;
  if (rewrites())
    pseudonyms.emplace(TRY(LatePseudonyms::open(config_.key_file, config_.subscribers)));
  std::vector<Partition> partitions;
  for (const auto& partition : TRY(history.partitions()))
    if (std::ranges::any_of(found, [&](const ClearRows& rows) {
          return rows.table == partition.table && partition.begin <= rows.hour &&
                 rows.hour < partition.end;
        }))
      partitions.push_back(partition);
  if (!rewrites()) {
    // All of them before the first: what is refused has changed nothing.
    const auto held = HeldData::ask(dependencies_.holds);
    for (const auto& partition : partitions)
      TRY(may_go(held, partition.table, moment_of(partition.begin), moment_of(partition.end)));
  }
  for (const auto& partition : partitions) {
    Deletion of;
    of.table = partition.table;
    of.from = moment_of(partition.begin);
    of.to = moment_of(partition.end);
    of.rows = partition.rows;
    of.bytes = partition.bytes;
    const RewritingHeed heed = [&](const RewritingProgress& progress) {
      return dependencies_.progress({of, progress.rows, progress.waits});
    };
    TRY(heed({}));
    TRY(on_record(of, [&]() -> Status {
      if (!rewrites()) return history.drop_for_good(partition, heed);
      return history.rewrite(
          TRY(dependencies_.guard.permit_search()), partition,
          [&](const IpAddress& address, std::uint64_t hour) {
            return pseudonyms->in_place_of(address, hour);
          },
          heed);
    }));
  }
  return {};
}

Status OldRowsCheck::may_go(const HeldData& held, std::string_view table, Timestamp from,
                            Timestamp to) const {
  const auto cases = held.cases_of(table, from, to);
  if (cases.empty()) return {};
  if (held.is_everything())
    return failure(ErrorCode::kPermission,
                   "rows with addresses in clear are not dropped: what open cases hold is not "
                   "known");
  return failure(
      ErrorCode::kPermission,
      fmt::format("rows with addresses in clear are not dropped: {} of {} to {} are held by case "
                  "{}. Close it, or say [guard] old_rows = \"rewrite\", which keeps the rows",
                  table, to_rfc3339(from), to_rfc3339(to), fmt::join(cases, ", ")));
}

Status OldRowsCheck::on_record(const Deletion& of, const std::function<Status()>& act) {
  auto recorded = of;
  recorded.why = name_of(DeletionReason::kInClear);
  recorded.act = rewrites() ? Deletion::Act::kRewritten : Deletion::Act::kDeleted;
  TRY(dependencies_.record(entry_before(recorded)));
  const auto done = act();
  TRY(dependencies_.record(entry_after(recorded, done.has_value())));
  if (!done) return done;
  dependencies_.report(rewrites() ? "rewritten" : "dropped", recorded);
  return {};
}

}  // namespace noroshi
