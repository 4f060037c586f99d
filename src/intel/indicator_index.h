#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "model/indicator.h"

namespace noroshi {

/// One source's list, as it was read last.
struct KnownFeed {
  std::string name;  ///< ours, from the configuration
  double half_life_days = 14;
  std::uint64_t read = 0;  ///< when it was fetched, ms since 1970 UTC
  std::vector<Indicator> indicators;
};

/// What one feed says of one server.
struct Listing {
  const KnownFeed* feed = nullptr;
  const Indicator* indicator = nullptr;
  /// The same port, or the feed names none; else it is another port of that address.
  bool same_port = false;

  /// When the source vouched for it last: last seen, else first seen, else when it was read.
  [[nodiscard]] std::uint64_t vouched() const;
};

/// All feeds together, by address. Never changes: another takes its place. Safe from many threads.
class IndicatorIndex {
 public:
  IndicatorIndex() = default;
  explicit IndicatorIndex(std::vector<std::shared_ptr<const KnownFeed>> feeds);

  /// At most one listing of each feed: that of the same port before another's, the latest first
  /// among equals. In the order of the feeds.
  [[nodiscard]] std::vector<Listing> find(const Endpoint& server) const;
  [[nodiscard]] std::span<const std::shared_ptr<const KnownFeed>> feeds() const { return feeds_; }

 private:
  struct Place {
    std::uint32_t feed;
    std::uint32_t indicator;
  };
  std::vector<std::shared_ptr<const KnownFeed>> feeds_;
  std::unordered_map<IpAddress, std::vector<Place>> places_;
};

}  // namespace noroshi
