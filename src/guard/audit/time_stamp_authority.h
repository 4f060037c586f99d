#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "base/result.h"
#include "guard/audit/time_stamp.h"

namespace noroshi {

/// A time stamping authority over HTTP (RFC 3161 §3.4). Thread-safe.
class TimeStampAuthority {
 public:
  struct Config {
    std::string url;      ///< http:// or https://
    std::string ca_file;  ///< see TimeStampTrust::read()
    std::chrono::milliseconds timeout{20'000};
  };
  /// Asks for nothing yet; fails where the certificates cannot be read.
  [[nodiscard]] static Result<TimeStampAuthority> open(Config config);

  /// A checked time stamp over a digest. kUnavailable: no answer in time, another HTTP status, or a
  /// refusal; kLimit: an answer too long to be one; the others as TimeStampTrust::check_response().
  /// Ends early once `cancelled` says so.
  [[nodiscard]] Result<TimeStamp> stamp(const Digest& digest,
                                        const std::function<bool()>& cancelled) const;
  [[nodiscard]] const TimeStampTrust& trust() const { return trust_; }

 private:
  TimeStampAuthority(Config config, TimeStampTrust trust)
      : config_(std::move(config)), trust_(std::move(trust)) {}
  [[nodiscard]] Result<std::string> ask(const std::string& request,
                                        const std::function<bool()>& cancelled) const;

  Config config_;
  TimeStampTrust trust_;
};

}  // namespace noroshi
