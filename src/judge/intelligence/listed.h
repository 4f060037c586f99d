#pragma once

#include <optional>
#include <span>
#include <string>

#include "model/evidence.h"

namespace noroshi {

/// That a source lists a server, and what its word is worth now: its measured precision, decayed
/// since it vouched for the server last.
struct SourceWord {
  std::string source;
  double worth = 0;       ///< 0 … 1, for the server's own port
  bool same_port = true;  ///< else it lists another port of the address
};

/// Independent sources together: noisy-or, P = 1 − Π(1 − worth). Another port of a listed address
/// is worth half. As a log-likelihood ratio against the prior, so that one perfect source alone
/// leaves the cap of the group to decide: a feed's word is no proof. Nothing for no word, or words
/// worth less than the prior. Code `listed`, in the intelligence group.
///
/// Known false positives: feeds that copy from one another; addresses given to somebody else since.
[[nodiscard]] std::optional<Evidence> listed_evidence(std::span<const SourceWord> words);

}  // namespace noroshi
