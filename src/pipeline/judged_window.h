#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "judge/judge.h"
#include "model/contact.h"
#include "net/prefix.h"
#include "pipeline/knowledge.h"
#include "pipeline/local_side.h"
#include "pipeline/window_sieve.h"

namespace noroshi {

/// Hands on the stored contacts of one hour (hours since 1970 UTC), in the order of their clients.
/// It is asked twice for each hour of a window. An error ends the judgement and is returned.
using HourOfContacts = std::function<Status(
    std::uint64_t hour, const std::function<Status(std::span<const Contact>)>& sink)>;

/// What of the past is judged, and with how much room.
struct WindowOrder {
  std::uint64_t from = 0;     ///< hours since 1970 UTC
  std::uint64_t to = 0;       ///< exclusive
  std::vector<Prefix> local;  ///< inside, beside every pseudonym; empty: inferred
  Knowledge knowledge;        ///< its parts outlive the judgement
  /// Servers that are looked into however rarely they were called.
  std::unordered_set<Endpoint> followed{};
  WindowSieve::Config sieve{};
  /// Of each client, so many contacts with servers that were called in passing are kept, without
  /// their events: they tell peer-to-peer from a bot, and that the client is there at all.
  std::size_t most_in_passing = 40;
  /// For whoever measures the judge: the judgement holds every server's features, and the contacts
  /// that it was made from are shown before they go. May be empty.
  std::function<void(const ContactSummary& summary, const LocalSide& local,
                     const Judgement& judgement)>
      on_judged{};
  /// Told after each hour of each pass: 0 to 1. May be empty.
  std::function<void(double share)> on_progress{};
};

struct JudgedWindow {
  struct Statistics {
    WindowSieve::Statistics sieve;
    std::uint64_t hours_without_contacts =
        0;                              ///< not collected, deleted already, or not closed yet
    std::uint64_t contacts_judged = 0;  ///< of the window: one of a client and a service
    std::uint64_t contacts_in_passing_not_kept = 0;
  };

  std::uint64_t from = 0;  ///< hours
  std::uint64_t to = 0;
  LocalSide local;
  std::vector<LearntTimeout> timeouts;
  Judgement judgement;  ///< its view refers to `timeouts` of this
  Statistics statistics;
};

/// Judges a window of the stored past: hours → contacts of the window → verdicts and infected
/// hosts. Two passes over the same hours, the first of which finds what is worth reading in full
/// (WindowSieve): memory is bounded by order.sieve, whatever is stored; what that cost is counted.
///
/// kInvalidArgument for an empty window or one of more than kMostHoursJudged.
[[nodiscard]] Result<JudgedWindow> judge_window(const WindowOrder& order,
                                                const HourOfContacts& read);
inline constexpr std::uint64_t kMostHoursJudged = 24 * 31;

}  // namespace noroshi
