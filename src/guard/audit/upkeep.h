#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "guard/audit/audit.h"
#include "guard/audit/time_stamp_authority.h"
#include "guard/audit/verify.h"

namespace noroshi {

/// What an audit needs while it is open: a time stamp of its head from time to time, and its whole
/// chain verified. Whatever fails here is reported and tried again; nothing else waits for it.
///
/// stamp() and verify() may be called from any thread, started or not.
class AuditUpkeep {
 public:
  struct Config {
    TimeStampAuthority::Config authority;  ///< without a URL there are no time stamps
    std::chrono::hours stamp_every{24};
    std::chrono::milliseconds stamp_again{600'000};  ///< after a failure
    std::chrono::hours verify_every{24};
  };
  struct Dependencies {
    Audit& audit;
    /// "time stamp failed", and why; from any thread.
    std::function<void(const std::string& what, const std::string& why)> report;
  };

  /// Reads the authority's certificates.
  [[nodiscard]] static Result<std::unique_ptr<AuditUpkeep>> open(Config config,
                                                                 Dependencies dependencies);
  ~AuditUpkeep() { stop(); }

  /// Verifies, stamps what is due, and goes on doing both at their intervals.
  void start();
  /// Returns soon, whatever is being done. Safe to call twice.
  void stop();

  struct Stamped {
    std::uint64_t sequence = 0;  ///< of the entry that holds the token
    std::uint64_t covers = 0;    ///< the last entry it covers
    TimeStamp stamp;
  };
  /// Has the head stamped now. kInvalidArgument where no authority is configured.
  [[nodiscard]] Result<Stamped> stamp(const std::string& who);
  [[nodiscard]] Result<AuditVerification> verify();

  struct Statistics {
    std::uint64_t time_stamps = 0;
    std::uint64_t time_stamp_failures = 0;
    std::uint64_t verifications = 0;
    std::optional<Timestamp> last_time_stamp;  ///< of this run or before
    std::optional<Timestamp> last_verification;
    bool last_verification_good = false;
    std::uint64_t last_verification_findings = 0;
  };
  [[nodiscard]] Statistics statistics() const;

 private:
  AuditUpkeep(Config config, Dependencies dependencies,
              std::optional<TimeStampAuthority> authority);
  void run();
  void stamp_if_due();
  [[nodiscard]] bool stopping() const;
  void report(const std::string& what, const std::string& why) const;

  const Config config_;
  const Dependencies dependencies_;
  const std::optional<TimeStampAuthority> authority_;

  std::mutex stamping_;  // one question to the authority at a time
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  Statistics statistics_;
  std::chrono::steady_clock::time_point stamp_due_;
  std::thread thread_;
};

}  // namespace noroshi
