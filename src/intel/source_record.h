#pragma once

#include <cstdint>

namespace noroshi {

/// How often a source was right about servers that our own network met, as a Beta posterior: what a
/// person or an active verification confirmed or refuted. Before anything is known it is right as
/// often as wrong, with the weight of two cases.
///
/// A verdict that rests on the source itself never counts as its confirmation: label and feature
/// would be the same.
struct SourceRecord {
  std::uint64_t confirmed = 0;
  std::uint64_t refuted = 0;

  /// The mean of Beta(1 + confirmed, 1 + refuted).
  [[nodiscard]] double precision() const;
  /// The quantile of the posterior: 0.05 is what the precision exceeds with 95 %.
  [[nodiscard]] double precision_quantile(double probability) const;
};

/// What a listing is worth after a time: half after each half-life. Servers of IoT botnets live
/// about two weeks, rented ones about two months (reference §7).
[[nodiscard]] double decayed(double precision, std::uint64_t age_milliseconds,
                             double half_life_days);
inline constexpr double kHalfLifeIot = 14;
inline constexpr double kHalfLifeRented = 60;

}  // namespace noroshi
