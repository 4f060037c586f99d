#pragma once

#include <string>

#include "app/config.h"
#include "base/result.h"
#include "guard/pseudonym/key_act.h"

namespace noroshi {

/// The audit that acts on a key file belong to.
struct KeyAudit {
  Config config;
  bool asks_daemon = false;  ///< its socket is that of whoever may have the audit open
};

/// Writes an act into the audit, through the daemon that has it open if one has, in the name of the
/// account that runs this. What cannot be recorded must not be done.
[[nodiscard]] Status record_key_act(const KeyAudit& audit, const KeyAct& act);

}  // namespace noroshi
