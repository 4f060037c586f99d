#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "guard/digest.h"
#include "net/ip_address.h"

namespace noroshi {

/// What became of a request.
enum class RevealState : std::uint8_t {
  kWaiting,   ///< for approvals
  kApproved,  ///< the asker may be shown the answer, once
  kRejected,
  kExpired,
  kShown,
};
/// "waiting", "approved", "rejected", "expired", "shown".
[[nodiscard]] std::string_view name_of(RevealState state);

/// Somebody asks, for a case and a purpose, whose pseudonyms these are. The answer is no part of
/// it: it is made when it is shown.
struct RevealRequest {
  struct Decision {
    std::string person;  ///< name
    Timestamp decided;
    bool approves = false;
    std::string reason;  ///< of a rejection
  };

  std::uint64_t number = 0;  ///< from 1; people write "R1"
  std::uint64_t case_number = 0;
  std::string purpose;
  std::string reason;
  std::string asked_by;  ///< a person's name
  Timestamp asked;
  Timestamp expires;
  Timestamp moment;  ///< when the pseudonyms were seen: keys change
  std::vector<IpAddress> pseudonyms;
  std::uint32_t approvals_needed = 0;
  std::vector<Decision> decisions;
  std::optional<Timestamp> shown;

  [[nodiscard]] std::string id() const;
  [[nodiscard]] std::string case_id() const;
  [[nodiscard]] std::uint32_t approvals() const;
  [[nodiscard]] RevealState state(Timestamp now) const;
};

/// Of what was asked, and of nothing that changes afterwards.
[[nodiscard]] Digest digest_of(const RevealRequest& request);

/// A pseudonym and whose it was at the request's moment.
struct RevealedAddress {
  IpAddress pseudonym;
  IpAddress address;
};

inline constexpr std::size_t kMostRevealReason = 4000;  ///< octets

}  // namespace noroshi
