#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "net/ip_address.h"
#include "net/prefix.h"

namespace noroshi {

/// How the datagrams of an exporter are treated.
struct ExporterTreatment {
  std::string name;  ///< empty: none
  bool allowed = true;
  std::uint32_t datagrams_per_second = 0;  ///< at most; 0: no cap
  /// 1 in N, whatever the exporter says; 0: what it says.
  std::uint32_t sampling_override = 0;
  /// 1 in N where the exporter says nothing; 0: unknown.
  std::uint32_t default_sampling = 0;
  /// Tells sessions of this address apart by source port: several exporters behind one address.
  bool port_in_session_key = false;
};

struct ExporterRule {
  Prefix prefix;
  ExporterTreatment treatment;
};

/// Who may export and how that is treated. The first rule whose prefix holds the address counts;
/// without one, the treatment of strangers. Never changes: another policy takes its place.
class ExporterPolicy {
 public:
  struct Config {
    std::vector<ExporterRule> rules;
    /// `strangers.allowed = false` makes the rules an allow-list.
    ExporterTreatment strangers;
  };

  explicit ExporterPolicy(Config config) : config_(std::move(config)) {}

  struct Verdict {
    const ExporterTreatment* treatment;  ///< lives as long as the policy
    bool stranger;                       ///< no rule names it
  };
  [[nodiscard]] Verdict of(const IpAddress& exporter) const;

 private:
  Config config_;
};

}  // namespace noroshi
