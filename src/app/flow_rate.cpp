#include "app/flow_rate.h"

#include <algorithm>

namespace noroshi {

void FlowRate::sample(Moment moment, std::uint64_t flows) {
  constexpr std::chrono::milliseconds kApart{500};
  if (!samples_.empty() && (flows < samples_.back().flows || moment < samples_.back().moment))
    samples_.clear();
  // However often it is asked, no more samples than these are kept.
  if (samples_.size() > 1 && moment - samples_[samples_.size() - 2].moment < kApart)
    samples_.pop_back();
  samples_.push_back({moment, flows});
  while (samples_.size() > 2 && moment - samples_[1].moment >= kOver) samples_.pop_front();
}

double FlowRate::per_second() const {
  if (samples_.size() < 2) return 0;
  const auto& first = samples_.front();
  const auto& last = samples_.back();
  const std::chrono::duration<double> elapsed =
      std::max<FlowRate::Moment::duration>(last.moment - first.moment, kOver);
  return static_cast<double>(last.flows - first.flows) / elapsed.count();
}

}  // namespace noroshi
