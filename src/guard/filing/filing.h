#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace noroshi {

/// What an operator declares before live flows may be collected: what for, why it is needed, by
/// which means, how closely it is looked at each day, and what ends it. The form of filing.toml is
/// docs/reference/filing.md.
struct Filing {
  enum class Mode : std::uint8_t {
    kTrial,      ///< observe and judge; nothing acts on the network or writes to anybody
    kOperation,  ///< acts are allowed, within their own bounds
  };
  /// What can be measured and ends the filing by itself, as `until` does. Absent: not a criterion.
  struct StopWhen {
    std::optional<std::uint32_t> most_reveals_a_day;   ///< more revealed pseudonyms in 24 hours
    std::optional<std::uint32_t> unused_days;          ///< nobody asked under `purpose` so long
    std::optional<std::uint64_t> most_flows_a_second;  ///< more flows, as a mean over 10 seconds
    friend bool operator==(const StopWhen&, const StopWhen&) = default;
  };

  std::string purpose;                     ///< the policy's name of it: "c2-detection"
  std::string purpose_in_words;            ///< what is to be found or prevented, and for whom
  std::string necessity;                   ///< why it cannot be done with less
  std::string means;                       ///< what is collected, how it is processed, who sees it
  std::string checking;                    ///< what is looked at daily, and how closely
  std::vector<std::string> stop_criteria;  ///< in words; people watch over these
  std::string responsible;                 ///< account of a person of the policy
  std::optional<Mode> mode;
  std::optional<Timestamp> from;
  std::optional<Timestamp> until;
  StopWhen stop_when;

  /// Whether anything may act on the network or address people outside. Every command and component
  /// that blocks, announces, notifies or publishes asks this before each act, and refuses when it
  /// is false: in trial mode Noroshi observes and judges only.
  [[nodiscard]] bool acts_allowed() const { return mode == Mode::kOperation; }

  friend bool operator==(const Filing&, const Filing&) = default;
};

[[nodiscard]] std::string_view name_of(Filing::Mode mode);
[[nodiscard]] Result<Filing::Mode> parse_filing_mode(std::string_view word);
/// An absolute moment: "2026-12-01" (midnight UTC), "2026-12-01T00:00:00+09:00". Moments that count
/// from now are refused: a filing means the same whenever it is read.
[[nodiscard]] Result<Timestamp> parse_filing_moment(std::string_view text);

/// Reads filing.toml. What is left out is left empty, to be named by faults_of(); unknown keys,
/// values of another kind and texts beyond kMostFilingText are refused with `name` and line.
[[nodiscard]] Result<Filing> parse_filing(std::string_view text, const std::string& name);
/// A text that parse_filing() reads back as the same filing.
[[nodiscard]] std::string print_filing(const Filing& filing);

/// An empty filing to be filled in with an editor: each key with its question, why it is asked, and
/// an example, in Japanese and English.
[[nodiscard]] std::string filing_template();

/// The filing that Noroshi itself carries for simulated traffic: it covers loopback addresses
/// alone, names nobody and has no end. It is in trial mode.
[[nodiscard]] std::string_view demo_filing();

inline constexpr std::size_t kMostFilingText = 4000;       ///< octets of one answer
inline constexpr std::size_t kMostFilingCriteria = 20;     ///< stop criteria in words
inline constexpr std::size_t kMostFilingOctets = 100'000;  ///< of the file

}  // namespace noroshi
