#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_set>

#include "model/flow_batch.h"

namespace noroshi {

/// What the flows of a recording add up to. Counts traffic only: rows of kind kUnidirectional and
/// kBidirectional, the latter with both directions. Sums stop at the largest number rather than
/// wrap. Not thread-safe.
class FlowTotals {
 public:
  /// Distinct sources are remembered up to this many; spoofed floods bring no more memory.
  static constexpr std::size_t kMostSources = std::size_t{1} << 21;

  /// `seed` keeps whoever chooses the addresses from choosing collisions too.
  explicit FlowTotals(std::uint64_t seed, std::size_t most_sources = kMostSources);

  void add(const FlowBatch& batch);

  [[nodiscard]] std::uint64_t flows() const { return flows_; }
  [[nodiscard]] std::uint64_t events() const { return events_; }
  /// As exported.
  [[nodiscard]] std::uint64_t packets() const { return packets_; }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
  /// Multiplied by each flow's sampling rate; nullopt as soon as one flow's rate is not known.
  [[nodiscard]] std::optional<std::uint64_t> packets_estimated() const;
  [[nodiscard]] std::optional<std::uint64_t> bytes_estimated() const;
  [[nodiscard]] std::uint64_t sampling_unknown_flows() const { return sampling_unknown_flows_; }
  /// Distinct source addresses; a lower bound once `sources_complete()` is false.
  [[nodiscard]] std::uint64_t sources() const { return sources_.size(); }
  [[nodiscard]] bool sources_complete() const { return sources_complete_; }
  /// Earliest first and latest last, ms since 1970; 0 when no flow had a time.
  [[nodiscard]] std::uint64_t first() const { return first_; }
  [[nodiscard]] std::uint64_t last() const { return last_; }

 private:
  struct SeededHash {
    std::uint64_t seed;
    std::size_t operator()(const IpAddress& address) const {
      return mix(address.high() ^ seed, address.low());
    }
  };

  void add_source(const IpAddress& source);

  std::size_t most_sources_;
  std::uint64_t flows_ = 0;
  std::uint64_t events_ = 0;
  std::uint64_t packets_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t packets_estimated_ = 0;
  std::uint64_t bytes_estimated_ = 0;
  std::uint64_t sampling_unknown_flows_ = 0;
  std::uint64_t first_ = 0;
  std::uint64_t last_ = 0;
  std::unordered_set<IpAddress, SeededHash> sources_;
  std::optional<IpAddress> last_source_;
  bool sources_complete_ = true;
};

}  // namespace noroshi
