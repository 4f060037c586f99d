#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>

#include "app/config.h"
#include "app/kept_office.h"
#include "base/result.h"
#include "guard/guard.h"
#include "pipeline/old_rows.h"
#include "store/history.h"
#include "telemetry/log.h"

namespace noroshi {

/// The search for rows with addresses in clear (pipeline/old_rows.h) as a configuration wants it,
/// with what it does in the log. Not thread-safe.
class RowsFromBefore {
 public:
  struct Dependencies {
    Guard& guard;
    KeptOffice& office;
    Log& log;
    /// Told in one line what it is at, often; false: it is to end. May be absent.
    std::function<bool(const std::string& doing)> doing;
  };
  /// `spool` is the folder of flows that wait.
  RowsFromBefore(const Config& config, const std::filesystem::path& spool,
                 Dependencies dependencies);

  /// Before the spool is opened.
  Status look_into_spool() { return check_.look_into_spool(); }
  /// After that, before anything is written to the history.
  Status look_into(History& history) { return check_.look_into(history); }
  /// Under other ranges from now on: the next start looks again.
  Status forget() { return check_.forget(); }

 private:
  Status tell(const OldRowsCheck::Progress& progress);

  const Dependencies dependencies_;
  const bool rewrites_;
  std::chrono::steady_clock::time_point told_;
  OldRowsCheck check_;
};

}  // namespace noroshi
