#pragma once

#include <functional>
#include <memory>
#include <string>

#include "app/config.h"
#include "base/result.h"
#include "telemetry/log.h"

namespace noroshi {

/// `noroshi serve`: everything wired together, in one process.
///
/// start() opens all or nothing, in the order guard, history, exporters' door, HTTP; stop() goes
/// the other way and returns when the batch in hand is safe. Calls come from one thread.
class Daemon {
 public:
  struct Dependencies {
    Log& log;
    /// Told what a long start is at, in one line, often. False: the start is to end. Absent: nobody
    /// is told.
    std::function<bool(const std::string& doing)> starting = {};
  };

  Daemon(Config config, Dependencies dependencies);
  ~Daemon();

  [[nodiscard]] Status start();
  void stop();
  /// Takes over what can change while running (marked "(live)" in config/noroshi.toml) and names in
  /// the log what needs a restart.
  [[nodiscard]] Status reload(const Config& config);
  /// Once a second or so: retention, saving, watching.
  void tick();

  /// For the service manager: "2 exporters, 12,345 flows/s".
  [[nodiscard]] std::string status_line() const;

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace noroshi
