#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "guard/audit/entry.h"
#include "guard/pseudonym/pseudonymiser.h"

namespace noroshi {

/// What somebody does to the keys of pseudonyms, for the audit; never anything of a key itself.
struct KeyAct {
  std::string act;   ///< "init", "rotate" or "retire"; with " failed" where that came of it
  std::string key;   ///< its id
  std::string from;  ///< "2026-11-22T15Z": where a key is new, from which hour it is in use
  friend bool operator==(const KeyAct&, const KeyAct&) = default;
};
/// kInvalidArgument for words that no command of ours uses.
[[nodiscard]] Status check(const KeyAct& act);
[[nodiscard]] AuditEntry entry_of(const KeyAct& act);

/// Notices which keys are in use, so that what is on record is each change and not each hour. Calls
/// come from one thread.
class KeyWatch {
 public:
  /// The entry to be written where the keys in use are not those of the last call; its kind is
  /// empty where they are. Null tables, or none, are none in use.
  [[nodiscard]] AuditEntry seen(const PseudonymTables* tables);

 private:
  std::string last_;
};

}  // namespace noroshi
