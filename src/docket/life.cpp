#include "docket/life.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace noroshi {
namespace {

constexpr std::string_view kJudge = "judge";

double log_odds(double probability) {
  const double inside = std::clamp(probability, 1e-12, 1 - 1e-12);
  return std::log(inside) - std::log1p(-inside);
}

std::vector<std::string> codes_of(const std::vector<KeptEvidence>& evidence) {
  std::vector<std::string> codes;
  for (const auto& one : evidence) codes.push_back(one.code);
  return codes;
}

/// Does something speak, by kSpeaks or more, that is not among the codes?
bool speaks_anew(const std::vector<KeptEvidence>& evidence, const std::vector<std::string>& known) {
  return std::ranges::any_of(evidence, [&](const KeptEvidence& one) {
    return std::abs(one.log_likelihood_ratio) >= kSpeaks &&
           std::ranges::find(known, one.code) == known.end();
  });
}

bool contradicts(const AnalystWord& word, const KeptVerdict& verdict) {
  switch (word.kind) {
    case AnalystWord::Kind::kRefute:
      return verdict.tier != Tier::kC && speaks_anew(verdict.evidence, word.known_for);
    case AnalystWord::Kind::kConfirm:
      return verdict.probability < 0.5 && speaks_anew(verdict.counter_evidence, word.known_against);
    case AnalystWord::Kind::kWatch:
      return false;
  }
  return false;
}

Timestamp moment_of(std::uint64_t milliseconds) { return from_unix_milliseconds(milliseconds); }

/// The change between two forms of an entry.
DocketChange change_of(const DocketEntry& before, const DocketEntry& after, Timestamp moment,
                       std::string by, std::string_view why) {
  DocketChange change;
  change.moment = moment;
  change.by = std::move(by);
  change.from = before.state();
  change.to = after.state();
  change.from_tier = before.tier();
  change.to_tier = after.tier();
  change.why = why;
  change.verdict = after.verdict;
  return change;
}

LifeStep first_listed(const Endpoint& server, KeptVerdict verdict, Timestamp until) {
  LifeStep step;
  auto& entry = step.entry;
  entry.server = server;
  entry.judged_tier = verdict.tier;
  entry.first_seen = verdict.first;
  entry.last_seen = verdict.last;
  entry.listed = entry.judged_until = until;
  if (verdict.tier != Tier::kC) entry.suspected = entry.earned = until;
  entry.verdict = std::move(verdict);
  step.change = change_of(entry, entry, until, std::string(kJudge), why::kListed);
  return step;
}

/// State and reason, from how the judgement shifted.
struct Turn {
  DocketState state;
  std::string_view why{};  ///< empty: nothing changed
};
Turn turn_of(const DocketEntry& before, const KeptVerdict& verdict, Tier held, bool against) {
  if (before.judged_state == DocketState::kExpired) return {DocketState::kNew, why::kListedAgain};
  const double shift = log_odds(verdict.probability) - log_odds(before.verdict.probability);
  // Tier::kA is the lowest value.
  if (held < before.judged_tier || (held == before.judged_tier && shift >= kShift))
    return {DocketState::kStrengthened, why::kMoreEvidence};
  if (held > before.judged_tier || shift <= -kShift)
    return {DocketState::kWeakened, against ? why::kEvidenceAgainst : why::kLessEvidence};
  if (before.judged_state == DocketState::kSilent)
    return {DocketState::kStrengthened, why::kCalledAgain};
  return {before.judged_state};
}

}  // namespace

LifeStep step_judged(const std::optional<DocketEntry>& before, const Endpoint& server,
                     KeptVerdict verdict, Timestamp until) {
  if (!before) return first_listed(server, std::move(verdict), until);
  LifeStep step{*before};
  auto& entry = step.entry;
  entry.first_seen = std::min(entry.first_seen, verdict.first);
  entry.last_seen = std::max(entry.last_seen, verdict.last);
  if (until < before->judged_until) return step;

  const bool against =
      speaks_anew(verdict.counter_evidence, codes_of(before->verdict.counter_evidence));
  auto held = verdict.tier;
  if (held == Tier::kC && before->judged_tier != Tier::kC && !against && before->earned &&
      until - *before->earned < kSilenceHolds)
    held = Tier::kB;
  const auto turn = turn_of(*before, verdict, held, against);
  entry.judged_state = turn.state;
  entry.judged_tier = held;
  entry.judged_until = until;
  if (verdict.tier != Tier::kC) {
    entry.earned = until;
    if (!entry.suspected) entry.suspected = until;
  }
  const bool overruled = entry.word && contradicts(*entry.word, verdict);
  entry.verdict = std::move(verdict);
  if (overruled) {
    entry.judged_state = before->word->kind == AnalystWord::Kind::kRefute
                             ? DocketState::kStrengthened
                             : DocketState::kWeakened;
    entry.word.reset();
    step.change = change_of(*before, entry, until, std::string(kJudge), why::kWordContradicted);
  } else if (!turn.why.empty()) {
    step.change = change_of(*before, entry, until, std::string(kJudge), turn.why);
  }
  return step;
}

LifeStep step_unseen(const DocketEntry& before, Timestamp until) {
  LifeStep step{before};
  auto& entry = step.entry;
  if (until < before.judged_until) return step;
  entry.judged_until = until;
  const auto silence = until - moment_of(before.last_seen);
  if (before.judged_state == DocketState::kExpired || silence < kSilentAfter) return step;
  std::string_view reason;
  if (before.judged_state != DocketState::kSilent) reason = why::kSilent;
  entry.judged_state = DocketState::kSilent;
  if (silence >= kSilenceHolds && before.judged_tier != Tier::kC) {
    entry.judged_tier = Tier::kC;
    reason = why::kSilentForAWeek;
  }
  if (silence >= kExpiresAfter) {
    entry.judged_state = DocketState::kExpired;
    reason = why::kExpired;
  }
  if (!reason.empty()) step.change = change_of(before, entry, until, std::string(kJudge), reason);
  return step;
}

LifeStep step_said(const DocketEntry& before, const Saying& saying) {
  LifeStep step{before};
  auto& entry = step.entry;
  entry.word = AnalystWord{.kind = saying.kind,
                           .by = saying.by,
                           .given = saying.now,
                           .reason = saying.reason,
                           .known_for = codes_of(before.verdict.evidence),
                           .known_against = codes_of(before.verdict.counter_evidence)};
  step.change = change_of(before, entry, saying.now, saying.by, why::kSaid);
  step.change->reason = saying.reason;
  return step;
}

LifeStep step_undone(const DocketEntry& before, const std::string& by, const std::string& reason,
                     Timestamp now) {
  LifeStep step{before};
  if (!before.word) return step;
  step.entry.word.reset();
  step.change = change_of(before, step.entry, now, by, why::kUndone);
  step.change->reason = reason;
  return step;
}

}  // namespace noroshi
