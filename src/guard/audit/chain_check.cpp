#include "guard/audit/chain_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace noroshi {
namespace {

std::string entries_en(std::uint64_t first, std::uint64_t last) {
  return first == last ? fmt::format("entry {}", first)
                       : fmt::format("entries {} to {}", first, last);
}
std::string entries_ja(std::uint64_t first, std::uint64_t last) {
  return first == last ? fmt::format("エントリ {}", first)
                       : fmt::format("エントリ {}～{}", first, last);
}

}  // namespace

ChainCheck::ChainCheck(const AuditHead& before, std::optional<AuditHead> head,
                       AuditFindings& findings)
    : head_(head), findings_(findings), slots_(kSlots), highest_(before.sequence) {
  remember(before.sequence, before.hash);
}

std::optional<Digest> ChainCheck::hash_of(std::uint64_t sequence) const {
  const auto& slot = slots_[sequence % kSlots];
  if (slot.key != sequence + 1) return std::nullopt;
  return slot.hash;
}

void ChainCheck::remember(std::uint64_t sequence, const Digest& hash) {
  slots_[sequence % kSlots] = {sequence + 1, hash};
}

void ChainCheck::segment(const AuditSegment& segment) {
  tell_empty();
  begun_ = segment;
}

/// A file without an entry is what a crash leaves while one is begun, if it has the right name.
void ChainCheck::tell_empty() {
  if (!begun_ || begun_->first == highest_ + 1) return;
  findings_.add(
      {AuditFault::kMisnamed, begun_->first, begun_->first, begun_->name(),
       fmt::format("{} holds no entry, and does not follow entry {}", begun_->name(), highest_),
       fmt::format("{} にエントリがなく、エントリ {} に続いていません", begun_->name(), highest_)});
}

bool ChainCheck::entry(const AuditLine& line, const Digest& hash, const AuditPlace& place) {
  auto sequence = line.sequence;
  const bool next = sequence == highest_ + 1;
  if (begun_ && begun_->first != sequence)
    findings_.add({AuditFault::kMisnamed, sequence, sequence, place.to_string(),
                   fmt::format("{} begins with entry {}", begun_->name(), sequence),
                   fmt::format("{} はエントリ {} から始まっています", begun_->name(), sequence)});
  if (!next) {
    if (hash_of(sequence) == hash) {
      findings_.add({AuditFault::kDuplicated, sequence, sequence, place.to_string(),
                     fmt::format("entry {} stands there twice", sequence),
                     fmt::format("エントリ {} が重複しています", sequence)});
      begun_.reset();
      return false;
    }
    if (unread_.empty() && hash_of(highest_) == line.previous) {
      // It is linked to its place: only its number was changed.
      altered(highest_ + 1, fmt::format("it is numbered {}", sequence));
      sequence = highest_ + 1;
    } else if (sequence <= highest_) {
      if (!was_missing(sequence)) {
        findings_.add(
            {AuditFault::kInserted, sequence, sequence, place.to_string(),
             fmt::format("a second entry is numbered {}: one of the two was inserted", sequence),
             fmt::format("番号 {} のエントリが二つあり、一方は挿入されたものです", sequence)});
        begun_.reset();
        return false;
      }
      findings_.add(
          {AuditFault::kReordered, sequence, sequence, place.to_string(),
           fmt::format("entry {} stands behind entry {}", sequence, highest_),
           fmt::format("エントリ {} がエントリ {} の後ろにあります", sequence, highest_)});
    }
  }
  if (sequence > highest_ + 1)
    gap(sequence, place);
  else
    strangers(0);
  link(sequence, line.previous, hash);
  remember(sequence, hash);
  highest_ = std::max(highest_, sequence);
  begun_.reset();
  return next;
}

void ChainCheck::link(std::uint64_t sequence, const Digest& previous, const Digest& hash) {
  if (const auto before = hash_of(sequence - 1)) {
    if (*before != previous)
      altered(sequence - 1, fmt::format("its hash is not the one that entry {} names", sequence));
  } else if (claims_.size() < kMostRanges) {
    claims_.emplace(sequence - 1, previous);
  }
  if (const auto claim = claims_.find(sequence); claim != claims_.end()) {
    if (claim->second != hash)
      altered(sequence, fmt::format("its hash is not the one that entry {} names", sequence + 1));
    claims_.erase(claim);
  }
  if (head_ && head_->sequence == sequence && head_->hash != hash)
    altered(sequence, "its hash is not the one that the file head names");
}

void ChainCheck::no_entry(const AuditPlace& place) {
  if (unread_.size() < kMostRanges)
    unread_.push_back(place.to_string());
  else
    ++unread_beyond_;
}

/// Lines that are no entries stood before entry `next`: they are what is left of the entries that
/// should be there, as far as there are any; what is not accounted for is missing.
void ChainCheck::gap(std::uint64_t next, const AuditPlace& place) {
  const auto wanted = next - highest_ - 1;
  const auto lines = std::min<std::uint64_t>(unread_.size(), wanted);
  for (std::uint64_t i = 0; i < lines; ++i)
    altered(highest_ + 1 + i, "its line is no longer an entry");
  strangers(lines);
  if (lines == wanted) return;
  const bool file = begun_ && begun_->first == next && lines == 0;
  Range range{highest_ + 1 + lines, next - 1, place.to_string(), file};
  if (missing_.size() < kMostRanges)
    missing_.push_back(std::move(range));
  else
    tell_missing(range);
}

/// Of the lines that are no entries, those behind the first `lines` stand for nothing.
void ChainCheck::strangers(std::uint64_t lines) {
  for (std::size_t i = lines; i < unread_.size(); ++i)
    findings_.add({AuditFault::kInserted, highest_, highest_, unread_[i],
                   fmt::format("a line that is no entry stands behind entry {}", highest_),
                   fmt::format("エントリ {} の後ろにエントリでない行があります", highest_)});
  if (unread_beyond_ > 0)
    findings_.add({AuditFault::kInserted, highest_, highest_, "",
                   fmt::format("and {} more of them", unread_beyond_),
                   fmt::format("そのような行がほかに {} 行あります", unread_beyond_)});
  unread_.clear();
  unread_beyond_ = 0;
}

bool ChainCheck::was_missing(std::uint64_t sequence) {
  const auto range = std::ranges::find_if(
      missing_, [&](const Range& gone) { return gone.first <= sequence && sequence <= gone.last; });
  if (range == missing_.end()) return false;
  Range rest = *range;
  rest.first = sequence + 1;
  range->last = sequence - 1;
  if (range->first > range->last) missing_.erase(range);
  if (rest.first <= rest.last) missing_.push_back(std::move(rest));
  return true;
}

/// Neighbours are told of together: a change of the hash that an entry names looks like a change of
/// its predecessor as well.
void ChainCheck::altered(std::uint64_t sequence, const std::string& why) {
  if (altered_ && sequence == altered_->last) return;
  if (altered_ && sequence == altered_->last + 1) {
    altered_->last = sequence;
    return;
  }
  tell_altered();
  altered_ = Range{sequence, sequence, why, false};
}

void ChainCheck::tell_altered() {
  if (!altered_) return;
  const auto& [first, last, why, file] = *altered_;
  if (last == 0)
    findings_.add({AuditFault::kAltered, 0, 0, "",
                   "entry 1 names a predecessor: it is not the first of a chain",
                   "エントリ 1 が前のエントリを参照しており、連鎖の最初ではありません"});
  else if (first == last)
    findings_.add({AuditFault::kAltered, first, last, "",
                   fmt::format("entry {} was altered: {}", first, why),
                   fmt::format("エントリ {} が改変されています", first)});
  else
    findings_.add({AuditFault::kAltered, first, last, "",
                   fmt::format("entries {} to {}, or some of them, were altered", first, last),
                   fmt::format("エントリ {}～{} の全部または一部が改変されています", first, last)});
  altered_.reset();
}

void ChainCheck::tell_missing(const Range& range) {
  const auto english = entries_en(range.first, range.last);
  const auto japanese = entries_ja(range.first, range.last);
  const auto* const verb = range.first == range.last ? "is" : "are";
  if (range.segment)
    findings_.add({AuditFault::kSegmentMissing, range.first, range.last, range.text,
                   fmt::format("a segment is missing, with {}", english),
                   fmt::format("セグメントが欠けています（{}）", japanese)});
  else
    findings_.add({AuditFault::kMissing, range.first, range.last, range.text,
                   fmt::format("{} {} missing", english, verb),
                   fmt::format("{} が欠けています", japanese)});
}

void ChainCheck::unfinished(std::uint64_t octets, const AuditPlace& place) {
  const auto sequence = highest_ + 1 + unread_.size();
  if (head_ && head_->sequence >= sequence) {
    findings_.add(
        {AuditFault::kTruncated, sequence, sequence, place.to_string(),
         fmt::format("entry {} is cut short: it was acknowledged, so this was no crash", sequence),
         fmt::format("エントリ {} が途中で切られています（記録済みのため異常終了によるもの"
                     "ではありません）",
                     sequence)});
    no_entry(place);
    return;
  }
  findings_.add({AuditFault::kUnfinished, sequence, sequence, place.to_string(),
                 fmt::format("the last line is unfinished ({} octets): it was never acknowledged "
                             "and is cut off when the audit is opened",
                             octets),
                 fmt::format("最後の行が書きかけです（{} "
                             "オクテット）。記録済みではなく、次に開くときに除去されます",
                             octets)});
}

void ChainCheck::finish() {
  tell_empty();
  if (head_ && head_->sequence > highest_) {
    const auto wanted = head_->sequence - highest_;
    const auto lines = std::min<std::uint64_t>(unread_.size(), wanted);
    for (std::uint64_t i = 0; i < lines; ++i)
      altered(highest_ + 1 + i, "its line is no longer an entry");
    strangers(lines);
    if (lines < wanted) {
      const auto first = highest_ + 1 + lines;
      findings_.add(
          {AuditFault::kTruncated, first, head_->sequence, "",
           fmt::format("truncated: {} at the end, up to the one that the file head "
                       "names, {} missing",
                       entries_en(first, head_->sequence), first == head_->sequence ? "is" : "are"),
           fmt::format("末尾が切り詰められています。head が示す{}がありません",
                       entries_ja(first, head_->sequence))});
    }
  } else {
    strangers(0);
  }
  tell_altered();
  for (const auto& range : missing_) tell_missing(range);
  missing_.clear();
}

}  // namespace noroshi
