#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "judge/case.h"
#include "model/contact.h"
#include "model/verdict.h"

namespace noroshi {

/// What a learning judge may know of one server in one window. None of it is an address, a network,
/// the number of a port or of an AS, or a time of day: what would let it learn the recording
/// instead of the behaviour. Each one's reason stands in kServerFeatures.
enum class ServerFeature : std::uint8_t {
  kClients,
  kPrevalence,
  kAttackersLow,
  kAttackersLift,
  kSightedLift,
  kListed,
  kTiming,
  kCommonLine,
  kAnswered,
  kUnansweredSpan,
  kRetried,
  kConnectionsPerClient,
  kPacketsPerConnection,
  kBytesPerPacketUp,
  kBytesPerPacketDown,
  kUpShare,
  kSizeLikeness,
  kLongest,
  kQuietRate,
  kHoursActive,
  kMinutesActive,
  kSimultaneous,
  kPortWellKnown,
  kPortFavoured,
  kServiceWeight,
  kOverTcp,
  kPeerClients,
  kSampling,
  kSocialEvidence,
  kBehaviourEvidence,
  kWeighed,
};
inline constexpr std::size_t kServerFeatureCount = 31;

/// NaN: it could not be judged, which is a value of its own.
using ServerFeatures = std::array<float, kServerFeatureCount>;

struct ServerFeatureText {
  ServerFeature feature;
  std::string_view name;
  /// +1: more of it never makes a server less suspect; −1: never more; 0: the data decides.
  int monotone;
  std::string_view reason;  ///< why it tells C&C servers from others
  std::string_view leak;    ///< which shortcut its form avoids
};
[[nodiscard]] std::span<const ServerFeatureText, kServerFeatureCount> server_feature_texts();

/// What is asked of the whole window beside the contacts of one server.
struct ServerSurroundings {
  std::uint64_t hosts = 0;            ///< local hosts in view
  std::uint64_t attacking_hosts = 0;  ///< of those
  std::uint64_t attackers = 0;        ///< of the server's clients
  std::uint64_t peers = 0;            ///< of its clients: those that look like peer-to-peer
  double sighted_lift = 0;            ///< enrichment of sighted hosts; NaN where nobody sighted any
  double listed = 0;                  ///< what sources' words are worth; NaN where none were asked
  double timing = 0;                  ///< strongest temporal evidence of a client; NaN: none judged
  double common_line = 0;             ///< decades of false alarm; NaN: not looked for
  KnownService service{};
};

/// `contacts` are those of one server's local clients, one at least. What the judge makes of its
/// evidence is missing: add_evidence() has it.
[[nodiscard]] ServerFeatures server_features(std::span<const Contact* const> contacts,
                                             const ServerSurroundings& surroundings,
                                             const View& view);

/// Adds the features that are the judge's own weighing: of its evidence by group, and of the whole.
/// They are not what was learnt from one family's habits, and hold for those that nobody has seen.
void add_evidence(const Verdict& verdict, ServerFeatures& features);

}  // namespace noroshi
