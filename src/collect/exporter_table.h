#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "collect/exporter_policy.h"
#include "collect/exporter_report.h"
#include "collect/rate_cap.h"
#include "decode/lru_table.h"

namespace noroshi {

/// What one thread keeps of one exporter.
struct Exporter {
  Exporter(const IpAddress& address, ExporterPolicy::Verdict verdict, Timestamp now);

  /// Is treated by `verdict` from now on.
  void adopt(ExporterPolicy::Verdict verdict);

  const ExporterTreatment* treatment;  ///< of the policy in force
  RateCap rate_cap;
  std::size_t listener = 0;  ///< index of where its last datagram came in
  ExporterReport report;     ///< its `listener` and templates are filled in when reports are made
};

/// The exporters that one thread has seen, by address; bounded: beyond `most` the one silent for
/// the longest is forgotten, but its counters stay in the totals. Not thread-safe.
class ExporterTable {
 public:
  /// `seed` decides where addresses, which outsiders choose, lie in memory.
  ExporterTable(std::shared_ptr<const ExporterPolicy> policy, std::size_t most, std::uint64_t seed)
      : policy_(std::move(policy)), exporters_(most, Hash{seed}) {}

  /// Puts another policy in force.
  void adopt(std::shared_ptr<const ExporterPolicy> policy);

  /// The exporter at `address`, made at `now` if need be. Valid until the next call.
  [[nodiscard]] Exporter& open(const IpAddress& address, Timestamp now);

  [[nodiscard]] std::uint64_t evicted() const { return evicted_; }
  /// Of all exporters ever seen.
  [[nodiscard]] ExporterCounters totals() const;
  /// The most recently heard first. `listener` of each is left empty, see Exporter.
  [[nodiscard]] std::vector<Exporter> copy() const;

 private:
  struct Hash {
    std::uint64_t seed;
    std::size_t operator()(const IpAddress& address) const {
      return mix(address.high() ^ seed, address.low());
    }
  };

  std::shared_ptr<const ExporterPolicy> policy_;
  LruTable<IpAddress, Exporter, Hash> exporters_;
  std::uint64_t evicted_ = 0;
  ExporterCounters forgotten_;  // of the evicted
};

}  // namespace noroshi
