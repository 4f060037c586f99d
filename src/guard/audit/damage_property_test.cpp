// Damages a whole chain in every way we can think of, at random places, and expects verification to
// find it and to name it.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "base/folder_for_test.h"
#include "guard/audit/chain_for_test.h"
#include "guard/audit/verify.h"

namespace noroshi {
namespace {

constexpr std::uint64_t kEntries = 40;

/// A chain in memory: one list of lines, and where the segments begin.
struct Chain {
  std::vector<std::string> lines;
  std::vector<std::size_t> begins;
  AuditHead head;
};

const Chain& whole_chain() {
  static const Chain chain = [] {
    const for_test::Folder folder(for_test::memory_folder());
    for_test::write_chain(folder.path(), kEntries);
    Chain made;
    const auto segments = *audit_segments(folder.path());
    for (const auto& segment : segments) {
      made.begins.push_back(made.lines.size());
      for (auto& line : for_test::lines_of(for_test::read_file(segment.path)))
        made.lines.push_back(std::move(line));
    }
    made.head = **read_audit_head(folder.path() / "head");
    return made;
  }();
  return chain;
}

/// The lines in segments that begin where they did, as far as there are lines; what is behind the
/// last begin goes into the last one.
AuditVerification verify(const std::vector<std::string>& lines, const AuditHead& head) {
  const for_test::Folder folder(for_test::memory_folder());
  const auto& begins = whole_chain().begins;
  for (std::size_t i = 0; i < begins.size(); ++i) {
    const auto begin = std::min(begins[i], lines.size());
    const auto end = i + 1 < begins.size() ? std::min(begins[i + 1], lines.size()) : lines.size();
    std::string text;
    for (auto at = begin; at < end; ++at) text += lines[at];
    for_test::write_file(folder.path() / audit_segment_name(begins[i] + 1), text);
  }
  for_test::write_file(folder.path() / "head", audit_head_text(head));
  return *verify_audit(folder.path());
}

/// Whether a finding of one of these kinds speaks of the entry, or of its neighbours.
bool names(const AuditVerification& seen, std::uint64_t entry,
           const std::vector<AuditFault>& faults) {
  return std::ranges::any_of(seen.findings, [&](const AuditFinding& finding) {
    return std::ranges::find(faults, finding.fault) != faults.end() && finding.first <= entry + 1 &&
           entry <= finding.last + 1;
  });
}

/// The lines from `from` on with their links made good again, as a forger with time would.
void relink(std::vector<std::string>& lines, std::size_t from) {
  for (auto i = from; i < lines.size(); ++i) {
    const auto at = lines[i].find("\"previous\":\"") + 12;
    lines[i].replace(at, 64, i == 0 ? Digest().to_hex() : sha256(lines[i - 1]).to_hex());
  }
}

void renumber(std::string& line, std::uint64_t number) {
  line.replace(0, line.find(','), "{\"sequence\":" + std::to_string(number));
}

std::size_t some_line(std::size_t last = kEntries) {
  return *rc::gen::inRange<std::size_t>(0, last);
}

RC_GTEST_PROP(DamagedChain, IsNamedWhenAnyBitIsFlipped, ()) {
  auto lines = whole_chain().lines;
  const auto line = some_line();
  const auto at = *rc::gen::inRange<std::size_t>(0, lines[line].size());
  lines[line][at] = static_cast<char>(lines[line][at] ^ 1 << *rc::gen::inRange(0, 8));
  const auto seen = verify(lines, whole_chain().head);
  RC_ASSERT(!seen.is_intact());
  RC_ASSERT(names(seen, line + 1, {AuditFault::kAltered, AuditFault::kTruncated}));
}

RC_GTEST_PROP(DamagedChain, IsNamedWhenLinesAreDeleted, ()) {
  auto lines = whole_chain().lines;
  const auto first = some_line();
  const auto count = *rc::gen::inRange<std::size_t>(1, kEntries - first + 1);
  lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(first),
              lines.begin() + static_cast<std::ptrdiff_t>(first + count));
  const auto seen = verify(lines, whole_chain().head);
  RC_ASSERT(!seen.is_intact());
  const bool at_the_end = first + count == kEntries;
  const auto found = std::ranges::find_if(seen.findings, [&](const AuditFinding& finding) {
    return finding.first == first + 1 && finding.last == first + count &&
           (at_the_end ? finding.fault == AuditFault::kTruncated
                       : finding.fault == AuditFault::kMissing ||
                             finding.fault == AuditFault::kSegmentMissing);
  });
  RC_ASSERT(found != seen.findings.end());
}

RC_GTEST_PROP(DamagedChain, IsNamedWhenTwoLinesChangePlaces, ()) {
  auto lines = whole_chain().lines;
  const auto first = some_line(kEntries - 1);
  const auto second = *rc::gen::inRange<std::size_t>(first + 1, kEntries);
  std::swap(lines[first], lines[second]);
  const auto seen = verify(lines, whole_chain().head);
  RC_ASSERT(!seen.is_intact());
  RC_ASSERT(std::ranges::any_of(seen.findings, [](const AuditFinding& finding) {
    return finding.fault == AuditFault::kReordered;
  }));
  // Nothing is gone and nothing was changed, and nothing of the kind is claimed.
  RC_ASSERT(std::ranges::none_of(seen.findings, [](const AuditFinding& finding) {
    return finding.fault == AuditFault::kMissing || finding.fault == AuditFault::kAltered ||
           finding.fault == AuditFault::kTruncated;
  }));
}

RC_GTEST_PROP(DamagedChain, IsNamedWhenALineIsDoubled, ()) {
  auto lines = whole_chain().lines;
  const auto line = some_line();
  const auto to = *rc::gen::inRange<std::size_t>(line + 1, kEntries + 1);
  lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(to), lines[line]);
  const auto seen = verify(lines, whole_chain().head);
  RC_ASSERT(!seen.is_intact());
  RC_ASSERT(names(seen, line + 1, {AuditFault::kDuplicated}));
}

RC_GTEST_PROP(DamagedChain, IsNamedWhenALineIsForgedIn, ()) {
  auto lines = whole_chain().lines;
  const auto line = some_line();
  auto forged = lines[line];
  forged.replace(forged.find("sato"), 4, "kato");
  lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(line), forged);
  const auto seen = verify(lines, whole_chain().head);
  RC_ASSERT(!seen.is_intact());
  RC_ASSERT(names(seen, line + 1, {AuditFault::kInserted, AuditFault::kAltered}));
}

RC_GTEST_PROP(DamagedChain, IsNamedWhenItsEndIsCutOffAnywhere, ()) {
  const auto& whole = whole_chain();
  const auto text = for_test::joined(whole.lines);
  const auto bytes = *rc::gen::inRange<std::size_t>(0, text.size());
  const auto lines = for_test::lines_of(text.substr(0, bytes));
  const auto seen = verify(lines, whole.head);
  RC_ASSERT(!seen.is_intact());
  RC_ASSERT(std::ranges::any_of(seen.findings, [](const AuditFinding& finding) {
    return finding.fault == AuditFault::kTruncated || finding.fault == AuditFault::kAltered;
  }));
}

RC_GTEST_PROP(DamagedChain, IsNamedWhenItsTailIsForgedWithGoodLinks, ()) {
  auto lines = whole_chain().lines;
  const auto line = some_line();
  lines[line].replace(lines[line].find("sato"), 4, "kato");
  relink(lines, line + 1);
  const auto seen = verify(lines, whole_chain().head);
  RC_ASSERT(!seen.is_intact());
  RC_ASSERT(names(seen, kEntries, {AuditFault::kAltered}));
}

RC_GTEST_PROP(DamagedChain, IsNamedWhenALineIsGoneAndTheRestRenumberedWithGoodLinks, ()) {
  auto lines = whole_chain().lines;
  const auto line = some_line();
  lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(line));
  for (auto i = line; i < lines.size(); ++i) renumber(lines[i], i + 1);
  relink(lines, line);
  const auto seen = verify(lines, whole_chain().head);
  RC_ASSERT(!seen.is_intact());
  RC_ASSERT(names(seen, kEntries, {AuditFault::kTruncated}));
}

RC_GTEST_PROP(DamagedChain, IsNamedWhenALineIsGivenAnotherNumber, ()) {
  auto lines = whole_chain().lines;
  const auto line = some_line();
  const auto number = *rc::gen::suchThat(rc::gen::inRange<std::uint64_t>(0, 1000),
                                         [&](std::uint64_t n) { return n != line + 1; });
  renumber(lines[line], number);
  const auto seen = verify(lines, whole_chain().head);
  RC_ASSERT(!seen.is_intact());
  RC_ASSERT(names(seen, line + 1, {AuditFault::kAltered}));
}

RC_GTEST_PROP(DamagedChain, IsNamedWhenTheClockWasMovedWithGoodLinks, ()) {
  auto lines = whole_chain().lines;
  const auto line = 1 + some_line(kEntries - 1);
  const auto minutes =
      *rc::gen::suchThat(rc::gen::inRange(-500, 500), [](int n) { return n != 0; });
  auto recorded = *read_audit_line(std::string_view(lines[line]).substr(0, lines[line].size() - 1));
  recorded.moment.time += std::chrono::minutes(minutes);
  lines[line] = audit_line(recorded);
  relink(lines, line + 1);
  const auto seen = verify(lines, {kEntries, sha256(lines.back())});
  RC_ASSERT(seen.is_intact());
  RC_ASSERT(names(seen, line + 1, {AuditFault::kClock}));
}

RC_GTEST_PROP(DamagedChain, IsNamedWhenASegmentIsGone, ()) {
  const auto& whole = whole_chain();
  const auto gone = *rc::gen::inRange<std::size_t>(0, whole.begins.size());
  const for_test::Folder folder(for_test::memory_folder());
  for_test::write_chain(folder.path(), kEntries);
  std::filesystem::remove(folder.path() / audit_segment_name(whole.begins[gone] + 1));
  const auto seen = *verify_audit(folder.path());
  RC_ASSERT(seen.findings.size() == 1U);
  RC_ASSERT(seen.findings[0].first == whole.begins[gone] + 1);
  RC_ASSERT(
      seen.findings[0].fault ==
      (gone + 1 == whole.begins.size() ? AuditFault::kTruncated : AuditFault::kSegmentMissing));
}

}  // namespace
}  // namespace noroshi
