#include "judge/scan/threshold_random_walk.h"

#include <cmath>

namespace noroshi {

ThresholdRandomWalk::ThresholdRandomWalk(const Parameters& parameters)
    : success_step_(std::log(parameters.scanner_success / parameters.benign_success)),
      failure_step_(std::log((1 - parameters.scanner_success) / (1 - parameters.benign_success))),
      upper_(std::log(parameters.detection / parameters.false_alarm)),
      lower_(std::log((1 - parameters.detection) / (1 - parameters.false_alarm))) {}

ThresholdRandomWalk::State ThresholdRandomWalk::observe(bool succeeded) {
  if (state_ != State::kPending) return state_;
  log_ratio_ += succeeded ? success_step_ : failure_step_;
  if (log_ratio_ >= upper_) state_ = State::kScanner;
  if (log_ratio_ <= lower_) state_ = State::kBenign;
  return state_;
}

}  // namespace noroshi
