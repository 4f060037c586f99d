#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "docket/entry.h"

namespace noroshi {

/// The life of a verdict, as pure functions of what was, what is seen now, and the time. Time is
/// the end of the window that was judged: a past day that is imported ages as if it were today. A
/// window that ends before the latest one that an entry was looked for in changes nothing.
///
/// The rules:
/// - A server that is seen for the first time is `new`. Its evidence shifts by kShift in log-odds,
///   or its tier changes: `strengthened` or `weakened`. What shifts less changes nothing.
/// - Less evidence on a quiet day is not innocence. What had tier A or B on its own evidence is
///   held at B for kSilenceHolds after it last had; only evidence against it that was not there
///   before lets it fall at once.
/// - Not seen for kSilentAfter: `silent`; for kSilenceHolds its tier stands as it stood, after that
///   it is C; `expired` after kExpiresAfter. Seen again: it goes on, and is `new` if it had
///   expired.
/// - An analyst's word stands over all of that, day after day, whatever the same evidence comes to.
///   What can end it is evidence that the analyst did not have. A refuted server: a judgement in
///   tier A or B, for which a code speaks (by kSpeaks or more) that did not when it was refuted. A
///   confirmed one: a probability below one half, against which a code speaks that did not. Either
///   goes back on the list as the judge has it, and its history says why. `watched` ends only by
///   undoing it.

inline constexpr std::chrono::hours kSilentAfter{24};
inline constexpr std::chrono::hours kSilenceHolds{24 * 7};
inline constexpr std::chrono::hours kExpiresAfter{24 * 30};
inline constexpr double kShift = 1.0;
inline constexpr double kSpeaks = 1.0;

/// What became of an entry, and the change if there was one.
struct LifeStep {
  DocketEntry entry;
  std::optional<DocketChange> change{};
};

/// `server` was judged in a window that ended at `until`. `before`: none when it was never listed.
[[nodiscard]] LifeStep step_judged(const std::optional<DocketEntry>& before, const Endpoint& server,
                                   KeptVerdict verdict, Timestamp until);

/// A window in which contacts were collected throughout ended at `until`, and nobody called it.
[[nodiscard]] LifeStep step_unseen(const DocketEntry& before, Timestamp until);

/// An analyst says something of it, in place of what was said before.
struct Saying {
  AnalystWord::Kind kind = AnalystWord::Kind::kWatch;
  std::string by;
  std::string reason;
  Timestamp now;
};
[[nodiscard]] LifeStep step_said(const DocketEntry& before, const Saying& saying);

/// The analyst's word is taken back; without one nothing changes.
[[nodiscard]] LifeStep step_undone(const DocketEntry& before, const std::string& by,
                                   const std::string& reason, Timestamp now);

/// Why a change came, in DocketChange::why.
namespace why {
inline constexpr std::string_view kListed = "listed";
inline constexpr std::string_view kListedAgain = "listed_again";
inline constexpr std::string_view kMoreEvidence = "more_evidence";
inline constexpr std::string_view kLessEvidence = "less_evidence";
inline constexpr std::string_view kEvidenceAgainst = "evidence_against";
inline constexpr std::string_view kCalledAgain = "called_again";
inline constexpr std::string_view kSilent = "silent";
inline constexpr std::string_view kSilentForAWeek = "silent_for_a_week";
inline constexpr std::string_view kExpired = "expired";
inline constexpr std::string_view kSaid = "said";
inline constexpr std::string_view kUndone = "undone";
inline constexpr std::string_view kWordContradicted = "word_contradicted";
}  // namespace why

}  // namespace noroshi
