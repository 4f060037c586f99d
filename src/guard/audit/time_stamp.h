#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "guard/digest.h"

namespace noroshi {

/// A question to a time stamping authority (RFC 3161 §2.4.1): SHA-256, a nonce of 64 random bits,
/// the authority's certificate wanted.
struct TimeStampRequest {
  std::string der;
  Digest digest;
};
[[nodiscard]] TimeStampRequest make_time_stamp_request(const Digest& digest);

/// What a good time stamp says.
struct TimeStamp {
  Timestamp time;         ///< genTime
  std::string authority;  ///< subject of the certificate that signed
  std::string serial;     ///< hexadecimal
  std::string token;      ///< TimeStampToken, DER
};

/// A token or an answer is never longer.
inline constexpr std::size_t kMostTimeStampOctets = std::size_t{64} << 10;

/// The certificates that we trust to vouch for a time stamping authority. A value; thread-safe.
class TimeStampTrust {
 public:
  /// One or more certificates, PEM: roots, and what lies between them and the authority's own.
  [[nodiscard]] static Result<TimeStampTrust> read(const std::string& pem_file);
  ~TimeStampTrust();
  TimeStampTrust(TimeStampTrust&&) noexcept;
  TimeStampTrust& operator=(TimeStampTrust&&) noexcept;

  /// The token in an answer (RFC 3161 §2.4.2). kUnavailable: the authority refuses, and says why;
  /// kMalformed: no such answer; kPermission: not for this request, or not by an authority we
  /// trust.
  [[nodiscard]] Result<TimeStamp> check_response(std::string_view der,
                                                 const TimeStampRequest& request) const;
  /// A token over `digest`, whenever it was made: certificates must have been good at its own time,
  /// not today. Errors as above.
  [[nodiscard]] Result<TimeStamp> check_token(std::string_view der, const Digest& digest) const;

 private:
  struct Certificates;
  explicit TimeStampTrust(std::unique_ptr<Certificates> certificates);
  std::unique_ptr<Certificates> certificates_;
};

}  // namespace noroshi
