#include "guard/audit/stamp_check.h"

#include <fmt/format.h>

#include <charconv>

#include "guard/audit/base64.h"

namespace noroshi {
namespace {

double seconds_between(Timestamp earlier, Timestamp later) {
  return static_cast<double>((later - earlier).count()) / 1000;
}

}  // namespace

void StampCheck::tell(const AuditLine& line, const AuditPlace& place, const std::string& english,
                      const std::string& japanese) {
  findings_.add(
      {AuditFault::kTimeStamp, line.sequence, line.sequence, place.to_string(), english, japanese});
}

void StampCheck::entry(const AuditLine& line, const AuditPlace& place, AuditVerification& seen) {
  if (line.kind == "timestamp") stamp(line, place, seen);
  if (by_ != 0 && line.time < not_before_ - kTolerance) {
    const double gap = seconds_between(line.time, not_before_);
    findings_.add(
        {AuditFault::kClock, line.sequence, line.sequence, place.to_string(),
         fmt::format("entry {} says a time {:.1f} s before the time stamp in entry {} ahead of it",
                     line.sequence, gap, by_),
         fmt::format("エントリ {} の時刻が、先行するエントリ {} のタイムスタンプより {:.1f} "
                     "秒前になっています",
                     line.sequence, by_, gap)});
    by_ = 0;  // once for each time stamp
  }
  if (line.time > latest_) {
    latest_ = line.time;
    latest_entry_ = line.sequence;
  }
}

void StampCheck::stamp(const AuditLine& line, const AuditPlace& place, AuditVerification& seen) {
  ++seen.time_stamps;
  const auto covers = audit_detail(line, "covers");
  const auto hash = Digest::from_hex(audit_detail(line, "hash"));
  const auto token = decode_base64(audit_detail(line, "token"));
  std::uint64_t sequence = 0;
  const auto [end, error] = std::from_chars(covers.data(), covers.data() + covers.size(), sequence);
  if (error != std::errc() || end != covers.data() + covers.size() || !hash || !token) {
    tell(line, place, fmt::format("the time stamp in entry {} cannot be read", line.sequence),
         fmt::format("エントリ {} のタイムスタンプを読み取れません", line.sequence));
    return;
  }
  if (chain_.hash_of(sequence) != *hash) {
    tell(line, place,
         fmt::format("the time stamp in entry {} does not cover entry {} as it stands here",
                     line.sequence, sequence),
         fmt::format("エントリ {} のタイムスタンプは、現在のエントリ {} "
                     "を対象としていません",
                     line.sequence, sequence));
    return;
  }
  if (!scope_.check_token) {
    ++seen.time_stamps_unchecked;
    return;
  }
  const auto made = scope_.check_token(*token, *hash);
  if (!made) {
    tell(line, place,
         fmt::format("the time stamp in entry {} does not hold: {}", line.sequence,
                     made.error().message),
         fmt::format("エントリ {} のタイムスタンプは有効ではありません（{}）", line.sequence,
                     made.error().message));
    return;
  }
  // Entries that were written while the authority was being asked are not covered; the tolerance is
  // longer than the wait for its answer.
  if (latest_entry_ != 0 && latest_ > *made + kTolerance) {
    const double gap = seconds_between(*made, latest_);
    findings_.add(
        {AuditFault::kClock, latest_entry_, latest_entry_, place.to_string(),
         fmt::format("entry {} says a time {:.1f} s after the time stamp in entry {} that "
                     "covers it",
                     latest_entry_, gap, line.sequence),
         fmt::format("エントリ {} の時刻が、それを対象とするエントリ {} "
                     "のタイムスタンプより {:.1f} 秒後になっています",
                     latest_entry_, line.sequence, gap)});
  }
  seen.covered = sequence;
  seen.covered_at = *made;
  not_before_ = *made;
  by_ = line.sequence;
}

}  // namespace noroshi
