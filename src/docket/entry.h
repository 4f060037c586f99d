#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "model/verdict.h"
#include "net/endpoint.h"

namespace noroshi {

/// Where a verdict stands in its life.
enum class DocketState : std::uint8_t {
  kNew,
  kStrengthened,
  kWeakened,
  kSilent,   ///< nobody called it for a day or longer: never innocent by that alone
  kExpired,  ///< silent for kExpiresAfter
  // An analyst's word:
  kConfirmed,
  kRefuted,
  kWatched,
};
inline constexpr std::size_t kDocketStates = 8;
/// "new", "strengthened" …
[[nodiscard]] std::string_view to_string(DocketState state);
[[nodiscard]] std::optional<DocketState> parse_docket_state(std::string_view word);

/// Evidence as it stood, whatever codes a later program knows.
struct KeptEvidence {
  EvidenceGroup group = EvidenceGroup::kBehaviour;
  std::string code;
  double statistic = 0;
  double log_likelihood_ratio = 0;
  std::vector<std::pair<std::string, std::string>> arguments{};
  friend bool operator==(const KeptEvidence&, const KeptEvidence&) = default;
};

/// A verdict as it stood, with the recipe that made it. Names no client.
struct KeptVerdict {
  Tier tier = Tier::kC;
  double probability = 0;
  std::uint64_t clients = 0;
  std::uint64_t connections = 0;
  std::uint64_t first = 0;  ///< ms since 1970 UTC
  std::uint64_t last = 0;
  std::vector<KeptEvidence> evidence{};          ///< for, strongest first
  std::vector<KeptEvidence> counter_evidence{};  ///< against, strongest first
  std::vector<std::string> would_change{};
  std::vector<std::string> not_judged{};
  std::string recipe{};  ///< its id

  [[nodiscard]] static KeptVerdict of(const Verdict& verdict, std::string recipe);
  friend bool operator==(const KeptVerdict&, const KeptVerdict&) = default;
};

/// What a person said of a server.
struct AnalystWord {
  enum class Kind : std::uint8_t { kConfirm, kRefute, kWatch };
  Kind kind = Kind::kWatch;
  std::string by;  ///< a person's name
  Timestamp given;
  std::string reason;
  /// Codes of the evidence for and against that the person had before them: what is not among
  /// them is new evidence.
  std::vector<std::string> known_for{};
  std::vector<std::string> known_against{};
  friend bool operator==(const AnalystWord&, const AnalystWord&) = default;
};
/// "confirm", "refute", "watch".
[[nodiscard]] std::string_view to_string(AnalystWord::Kind kind);
[[nodiscard]] std::optional<AnalystWord::Kind> parse_word(std::string_view text);

/// All that is known of one server. The judge's part goes on under an analyst's word, so that
/// taking the word back leaves what the judge thinks by then.
struct DocketEntry {
  Endpoint server;
  DocketState judged_state = DocketState::kNew;  ///< none of the analyst's
  Tier judged_tier = Tier::kC;   ///< as held (docket/life.h), not always that of `verdict`
  KeptVerdict verdict;           ///< the latest
  std::uint64_t first_seen = 0;  ///< the first call in our sight, ms since 1970 UTC
  std::uint64_t last_seen = 0;
  Timestamp listed;                    ///< the end of the window that first brought it here
  std::optional<Timestamp> suspected;  ///< the same for the first in tier A or B
  std::optional<Timestamp> earned;     ///< for the latest in tier A or B on its own evidence
  Timestamp judged_until;              ///< the end of the latest window it was looked for in
  std::optional<AnalystWord> word;

  [[nodiscard]] DocketState state() const;
  /// Confirmed: A. Refuted: C. Else the judge's.
  [[nodiscard]] Tier tier() const;
  friend bool operator==(const DocketEntry&, const DocketEntry&) = default;
};

/// One step of a life: what it led to, why, and the verdict as it stood then.
struct DocketChange {
  Timestamp moment;
  std::string by;  ///< "judge", or a person's name
  DocketState from = DocketState::kNew;
  DocketState to = DocketState::kNew;
  Tier from_tier = Tier::kC;
  Tier to_tier = Tier::kC;
  /// A code of docket/life.h.
  std::string why;
  std::string reason{};  ///< a person's
  KeptVerdict verdict;
  friend bool operator==(const DocketChange&, const DocketChange&) = default;
};

/// "192.0.2.1:23/tcp", "[2001:db8::1]:23/udp", or without the protocol, which then is nothing.
struct ServerName {
  IpAddress address;
  Port port;
  std::optional<Protocol> protocol;

  [[nodiscard]] bool names(const Endpoint& server) const {
    return server.address == address && server.port == port &&
           (!protocol || server.protocol == *protocol);
  }
};
[[nodiscard]] Result<ServerName> parse_server(std::string_view text);

}  // namespace noroshi
