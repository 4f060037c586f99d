#pragma once

#include <span>

#include "judge/fuse/fusion.h"
#include "model/verdict.h"

namespace noroshi {

/// Who runs one port of an address runs the others: a loader beside a command port. The weaker is
/// raised towards the strongest, never above it.
void share_between_ports(std::span<Verdict> verdicts);

/// Makes a verdict of its evidence: probability and tier, evidence for and against, each strongest
/// first, and what would change it. May be called again when evidence was added.
void settle(Verdict& verdict, const FusionRule& rule = FusionRule());

}  // namespace noroshi
