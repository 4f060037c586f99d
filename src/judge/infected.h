#pragma once

#include <span>
#include <vector>

#include "judge/case.h"
#include "judge/scan/client_profile.h"
#include "model/verdict.h"

namespace noroshi {

/// The hosts inside that attack, or call a server of tier A or B, each with all that was found of
/// it. Who attacks, calls no such server and is a peer among many is called a node: its peers
/// command nobody, and stay what the verdicts say of them. By number of findings, then address.
/// `facts` are parallel to `contacts`.
[[nodiscard]] std::vector<InfectedHost> infected_hosts(std::span<const Verdict> verdicts,
                                                       std::span<const Contact> contacts,
                                                       std::span<const ContactFacts> facts,
                                                       const ClientProfiles& profiles);

}  // namespace noroshi
