#include "guard/audit/verify.h"

#include <algorithm>

#include "guard/audit/chain_check.h"
#include "guard/audit/clock_check.h"
#include "guard/audit/line_file.h"
#include "guard/audit/segments.h"
#include "guard/audit/stamp_check.h"

namespace noroshi {
namespace {

/// One pass over the files.
class Pass {
 public:
  Pass(const AuditScope& scope, const AuditHead& before, AuditVerification& seen,
       AuditFindings& findings)
      : seen_(seen),
        chain_(before, seen.head, findings),
        clock_(findings),
        stamps_(scope, chain_, findings) {}

  Status read(const AuditSegment& segment, bool is_last) {
    chain_.segment(segment);
    seen_.last_segment_whole_bytes = 0;
    auto file = TRY(LineFile::open(segment.path, segment.bytes));
    const auto name = segment.name();
    for (std::uint64_t number = 1; const auto line = TRY(file.next()); ++number) {
      seen_.bytes += line->length;
      const AuditPlace place{name, number};
      if (!line->ended && is_last) {
        chain_.unfinished(line->length, place);
        break;
      }
      take(*line, place);
      seen_.last_segment_whole_bytes = line->offset + line->length;
    }
    return {};
  }

  void finish() {
    chain_.finish();
    seen_.last.sequence = chain_.last();
    seen_.last.hash = chain_.hash_of(chain_.last()).value_or(Digest());
  }

 private:
  void take(const LineFile::Line& line, const AuditPlace& place) {
    const auto text = line.ended && !line.too_long ? line.text.substr(0, line.text.size() - 1)
                                                   : std::string_view();
    const auto entry = scan_audit_line(text);
    if (!entry) {
      chain_.no_entry(place);
      clock_.interrupted();
      return;
    }
    hash_.update(line.text);
    if (!chain_.entry(*entry, hash_.finish(), place)) {
      clock_.interrupted();
      return;
    }
    if (seen_.entries++ == 0) seen_.from = entry->time;
    seen_.to = entry->time;
    clock_.entry(*entry, place);
    stamps_.entry(*entry, place, seen_);
  }

  AuditVerification& seen_;
  ChainCheck chain_;
  ClockCheck clock_;
  StampCheck stamps_;
  Sha256 hash_;
};

/// The entry before the first of a segment, as that one says itself.
Result<AuditHead> before_segment(const AuditSegment& segment) {
  AuditHead before{segment.first - 1, {}};
  auto file = TRY(LineFile::open(segment.path));
  const auto line = TRY(file.next());
  if (!line || !line->ended || line->too_long) return before;
  const auto entry = scan_audit_line(line->text.substr(0, line->text.size() - 1));
  if (entry) before.hash = entry->previous;
  return before;
}

void check_head(const std::filesystem::path& folder, bool any_segments, AuditVerification& seen,
                AuditFindings& findings) {
  const auto head = read_audit_head(folder / "head");
  if (head && *head) {
    seen.head = **head;
    return;
  }
  if (head && !any_segments) return;
  findings.add({AuditFault::kHead, 0, 0, "head",
                head ? "the file head is missing" : head.error().message,
                head ? "head ファイルがありません" : "head ファイルを読み取れません"});
}

}  // namespace

bool AuditVerification::is_intact() const {
  return findings_beyond == 0 && std::ranges::all_of(findings, [](const AuditFinding& finding) {
           return finding.fault == AuditFault::kClock || finding.fault == AuditFault::kTimeStamp ||
                  finding.fault == AuditFault::kUnfinished;
         });
}

bool AuditVerification::is_good() const {
  return findings_beyond == 0 && std::ranges::all_of(findings, [](const AuditFinding& finding) {
           return finding.fault == AuditFault::kUnfinished;
         });
}

Result<AuditVerification> verify_audit(const std::filesystem::path& folder,
                                       const AuditScope& scope) {
  AuditVerification seen;
  AuditFindings findings;
  // First the head, then the names, then the contents: what is written meanwhile only adds to what
  // the head promises.
  check_head(folder, !TRY(audit_segments(folder)).empty(), seen, findings);
  auto segments = TRY(audit_segments_until(folder, scope.end));
  auto before = scope.before.value_or(AuditHead());
  if (scope.last_segments != 0 && segments.size() > scope.last_segments) {
    segments.erase(segments.begin(),
                   segments.end() - static_cast<std::ptrdiff_t>(scope.last_segments));
    before = TRY(before_segment(segments.front()));
  }
  Pass pass(scope, before, seen, findings);
  seen.segments = segments.size();
  for (const auto& segment : segments) {
    const bool is_last = &segment == &segments.back();
    if (scope.cancelled && scope.cancelled())
      return failure(ErrorCode::kUnavailable, folder.string() + ": verification was given up");
    TRY(pass.read(segment, is_last));
  }
  pass.finish();
  seen.findings = findings.take();
  seen.findings_beyond = findings.beyond();
  return seen;
}

}  // namespace noroshi
