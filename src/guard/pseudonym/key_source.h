#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "guard/pseudonym/secret.h"

namespace noroshi {

/// One key of the site: for which hours, never the secret itself.
struct PseudonymKey {
  static constexpr std::uint64_t kNoEnd = std::numeric_limits<std::uint64_t>::max();

  std::string id;
  std::uint64_t from = 0;        ///< hours since 1970; the first key's is 0
  std::uint64_t until = kNoEnd;  ///< the next key's from
  /// Its secret was destroyed in this hour: what it made can no longer be reversed.
  std::optional<std::uint64_t> retired;

  [[nodiscard]] bool covers(std::uint64_t hour) const { return from <= hour && hour < until; }
};

/// Where the site's keys are: a file, or a token that they never leave.
class KeySource {
 public:
  virtual ~KeySource() = default;

  /// By time, one beginning where the one before ends. At least one.
  [[nodiscard]] virtual const std::vector<PseudonymKey>& keys() const = 0;
  /// HKDF-SHA-256 (RFC 5869) of the key's secret without a salt, `label` as info. kNotFound for a
  /// key that is unknown or retired.
  [[nodiscard]] virtual Result<Secret> derive(const std::string& id,
                                              std::string_view label) const = 0;

  /// The key for that hour.
  [[nodiscard]] const PseudonymKey& key_of(std::uint64_t hour) const;
};

[[nodiscard]] Secret hkdf_sha256(const Secret& secret, std::string_view label);

}  // namespace noroshi
