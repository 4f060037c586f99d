#include "pipeline/old_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <span>
#include <utility>

#include "guard/answer_digest.h"
#include "guard/pseudonym/embedded_v4.h"
#include "guard/pseudonym/key_hour.h"
#include "guard/pseudonym/private_file.h"
#include "guard/pseudonym/pseudonym_book.h"
#include "guard/pseudonym/subscriber_ranges.h"
#include "store/spool.h"

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

/// Rows of a batch in which an address of traffic stands in clear.
std::uint64_t clear_rows(const FlowBatch& batch, const SubscriberRanges& ranges) {
  const auto is_clear = [&](const IpAddress& address) {
    if (ranges.find(address) != SubscriberRanges::kNone) return true;
    const auto inside = embedded_v4(address.high(), address.low());
    return inside && ranges.find_v4(*inside) != SubscriberRanges::kNone;
  };
  std::uint64_t rows = 0;
  for (std::size_t row = 0; row < batch.size(); ++row) {
    const bool any =
        is_clear(batch.source_address()[row]) || is_clear(batch.destination_address()[row]) ||
        is_clear(batch.next_hop()[row]) || is_clear(batch.translated_source_address()[row]) ||
        is_clear(batch.translated_destination_address()[row]);
    if (any) ++rows;
  }
  return rows;
}

/// Pseudonyms for addresses that should have had one when they came in.
class OldAddresses {
 public:
  static Result<OldAddresses> open(const OldRowsCheck::Config& config) {
    auto book = TRY(PseudonymBook::read(config.key_file));
    const auto blocks = TRY(read_blocks(config.key_file));
    return OldAddresses(std::move(book), TRY(SubscriberRanges::of(config.subscribers, blocks)));
  }

  /// Itself where it is no subscriber's; "::" where the key of that hour is gone, as at the door.
  Result<IpAddress> in_place_of(const IpAddress& address, std::uint64_t hour) {
    auto plain = address;
    if (ranges_.find(address) == SubscriberRanges::kNone) {
      const auto inside = embedded_v4(address.high(), address.low());
      if (!inside || ranges_.find_v4(*inside) == SubscriberRanges::kNone) return address;
      plain = IpAddress::from_v4(*inside);
    }
    auto pseudonym = book_.pseudonym_of(plain, hour);
    if (!pseudonym && pseudonym.error().code == ErrorCode::kNotFound) return IpAddress();
    return pseudonym;
  }

  Status replace(FlowBatch& batch) {
    for (const auto column : {batch.mutable_source_address(), batch.mutable_destination_address(),
                              batch.mutable_next_hop(), batch.mutable_translated_source_address(),
                              batch.mutable_translated_destination_address()})
      for (std::size_t row = 0; row < batch.size(); ++row)
        column[row] =
            TRY(in_place_of(column[row], key_hour(batch.last()[row], batch.received()[row])));
    return {};
  }

 private:
  OldAddresses(PseudonymBook book, SubscriberRanges ranges)
      : book_(std::move(book)), ranges_(std::move(ranges)) {}

  PseudonymBook book_;
  SubscriberRanges ranges_;
};

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
  const auto ranges = TRY(SubscriberRanges::of(config_.subscribers));
  const auto spool = TRY(Spool::open({.folder = config_.spool}));
  for (auto waiting = spool->next(0); waiting; waiting = spool->next(waiting->sequence)) {
    auto batch = spool->read(waiting->sequence);
    if (!batch) continue;  // damaged: counted by the spool, and gone
    const auto rows = clear_rows(*batch, ranges);
    if (rows == 0) continue;
    if (config_.choice == OldRows::kRefuse) {
      spooled_ += rows;
      continue;
    }
    Deletion of;
    of.table = "spool";
    of.from = moment_of(waiting->hour);
    of.to = moment_of(waiting->hour + 1);
    of.rows = batch->size();
    TRY(on_record(of, [&]() -> Status {
      if (config_.choice == OldRows::kRewrite) {
        // First the new one, on disk; were both there after a crash, this would be done again.
        auto addresses = TRY(OldAddresses::open(config_));
        TRY(addresses.replace(*batch));
        const Spool::Item item{waiting->batch, waiting->hour, waiting->shard, waiting->unclear,
                               &*batch};
        TRY(spool->append({&item, 1}).status);
      }
      spool->done(waiting->sequence);
      return {};
    }));
  }
  return {};
}

Status OldRowsCheck::look_into(History& history) {
  if (config_.subscribers.empty() || is_marked()) return {};
  const auto count = [&]() -> Result<std::vector<ClearRows>> {
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
  };
  auto found = TRY(count());
  if (config_.choice == OldRows::kRefuse && (!found.empty() || spooled_ > 0)) {
    auto words = in_words(found);
    if (spooled_ > 0)
      words += fmt::format("{}{} rows that wait in the spool", words.empty() ? "" : "; ", spooled_);
    return failure(
        ErrorCode::kPermission,
        fmt::format(
            "the history holds addresses of network.subscribers in clear, from "
            "before they were pseudonyms: {}. Say what becomes of them: [guard] "
            "old_rows = \"rewrite\" puts pseudonyms in their place, \"drop\" deletes those hours",
            words));
  }
  if (!found.empty()) {
    TRY(clean(history, found));
    found = TRY(count());
    if (!found.empty())
      return failure(ErrorCode::kIo, "rows with addresses in clear are still there: " +
                                         in_words(found) + "; another program writes them");
  }
  return write_private_file(config_.mark, text_of(config_.subscribers));
}

Status OldRowsCheck::clean(History& history, const std::vector<ClearRows>& found) {
  const bool rewrites = config_.choice == OldRows::kRewrite;
  std::optional<OldAddresses> addresses;
  if (rewrites) addresses.emplace(TRY(OldAddresses::open(config_)));
  const auto held = rewrites ? HeldData() : HeldData::ask(dependencies_.holds);
  for (const auto& partition : TRY(history.partitions())) {
    const bool has_some = std::ranges::any_of(found, [&](const ClearRows& rows) {
      return rows.table == partition.table && partition.begin <= rows.hour &&
             rows.hour < partition.end;
    });
    if (!has_some) continue;
    Deletion of;
    of.table = partition.table;
    of.from = moment_of(partition.begin);
    of.to = moment_of(partition.end);
    of.rows = partition.rows;
    of.bytes = partition.bytes;
    of.cases = held.cases_of(of.table, of.from, of.to);
    TRY(on_record(of, [&]() -> Status {
      if (!rewrites) return history.drop(partition);
      return history.rewrite(TRY(dependencies_.guard.permit_search()), partition,
                             [&](const IpAddress& address, std::uint64_t hour) {
                               return addresses->in_place_of(address, hour);
                             });
    }));
  }
  return {};
}

Status OldRowsCheck::on_record(const Deletion& of, const std::function<Status()>& act) {
  auto recorded = of;
  recorded.why = name_of(DeletionReason::kInClear);
  const bool rewrites = config_.choice == OldRows::kRewrite;
  const auto entry = [&](AuditEntry made) {
    // Told in the same words, but nothing is gone.
    if (rewrites) made.kind = "rewritten";
    return made;
  };
  TRY(dependencies_.record(entry(entry_before(recorded))));
  const auto done = act();
  TRY(dependencies_.record(entry(entry_after(recorded, done.has_value()))));
  if (!done) return done;
  dependencies_.report(rewrites ? "rewritten" : "dropped", recorded);
  return {};
}

}  // namespace noroshi
