#pragma once

#include <chrono>
#include <string>

#include "guard/audit/chain_check.h"
#include "guard/audit/verify.h"

namespace noroshi {

/// Whether time stamps cover what they say, and whether the entries' times agree with them: those
/// it covers are not later than it, those behind it not earlier.
class StampCheck {
 public:
  /// Between the authority's clock and ours.
  static constexpr std::chrono::seconds kTolerance{60};

  StampCheck(const AuditScope& scope, const ChainCheck& chain, AuditFindings& findings)
      : scope_(scope), chain_(chain), findings_(findings) {}

  /// Every entry in its place, time stamps among them.
  void entry(const AuditLine& line, const AuditPlace& place, AuditVerification& seen);

 private:
  void stamp(const AuditLine& line, const AuditPlace& place, AuditVerification& seen);
  void tell(const AuditLine& line, const AuditPlace& place, const std::string& english,
            const std::string& japanese);

  const AuditScope& scope_;
  const ChainCheck& chain_;
  AuditFindings& findings_;
  Timestamp latest_;  // of the entries so far
  std::uint64_t latest_entry_ = 0;
  Timestamp not_before_;  // by the last time stamp
  std::uint64_t by_ = 0;  // its entry
};

}  // namespace noroshi
