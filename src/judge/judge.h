#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "judge/case.h"
#include "judge/classifier/server_features.h"
#include "judge/classifier/server_model.h"
#include "judge/intelligence/listed.h"
#include "model/sighting.h"
#include "model/verdict.h"

namespace noroshi {

/// Everything a judgement is made from. `facts` are parallel to summary.contacts, and
/// `activity_services` to summary.port_activity.
struct JudgeInput {
  const ContactSummary& summary;
  std::span<const ContactFacts> facts;
  std::span<const KnownService> activity_services;
  /// Hosts that others sighted as infected; those that are not in view count for nothing.
  std::span<const Sighting> sightings{};
  /// What sources say of servers; null where nobody was asked.
  const std::unordered_map<Endpoint, std::vector<SourceWord>>* words = nullptr;
  bool with_features = false;  ///< of every server judged, for a learning judge
  /// Stands for the evidence that it has learnt from (judge/fuse/fusion.h); null: there is none.
  const ServerModel* model = nullptr;
};

/// What came of a window.
struct Judgement {
  std::vector<Verdict> verdicts;  ///< best first: by probability, then connections, then endpoint
  std::vector<InfectedHost> infected;  ///< by number of findings' weight, then address
  /// Where they were asked for: of every verdict's server, by server.
  std::vector<std::pair<Endpoint, ServerFeatures>> features;
  View view;
  std::uint64_t local_clients = 0;
  std::uint64_t incoming_contacts = 0;  ///< calls from outside to a server inside
  std::uint64_t outside_scanners = 0;
  /// One-off destinations of a scan or a vertical scan: counted, not judged one by one.
  std::uint64_t scan_targets = 0;
};

/// Judges every endpoint that a local host called (with fewer than 50 local clients in view every
/// endpoint is a candidate). A pure function of its input; times are those of the flows.
[[nodiscard]] Judgement judge(const JudgeInput& input);

/// How the window's flows may be read: one-way export, unstated sampling.
[[nodiscard]] View view_of(const ContactSummary& summary);

}  // namespace noroshi
