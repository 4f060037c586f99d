#include "intel/indicator_index.h"

#include <utility>

namespace noroshi {

std::uint64_t Listing::vouched() const {
  if (indicator->last_seen != 0) return indicator->last_seen;
  return indicator->first_seen != 0 ? indicator->first_seen : feed->read;
}

IndicatorIndex::IndicatorIndex(std::vector<std::shared_ptr<const KnownFeed>> feeds)
    : feeds_(std::move(feeds)) {
  for (std::uint32_t feed = 0; feed < feeds_.size(); ++feed) {
    const auto& indicators = feeds_[feed]->indicators;
    for (std::uint32_t index = 0; index < indicators.size(); ++index)
      places_[indicators[index].server].push_back({feed, index});
  }
}

std::vector<Listing> IndicatorIndex::find(const Endpoint& server) const {
  std::vector<Listing> found;
  const auto places = places_.find(server.address);
  if (places == places_.end()) return found;
  for (const auto& place : places->second) {
    const auto* feed = feeds_[place.feed].get();
    const auto* indicator = &feed->indicators[place.indicator];
    const Listing listing{feed, indicator,
                          indicator->port.value == 0 || indicator->port.value == server.port.value};
    if (found.empty() || found.back().feed != feed) {
      found.push_back(listing);
      continue;
    }
    auto& best = found.back();
    if (std::pair(listing.same_port, listing.vouched()) > std::pair(best.same_port, best.vouched()))
      best = listing;
  }
  return found;
}

}  // namespace noroshi
