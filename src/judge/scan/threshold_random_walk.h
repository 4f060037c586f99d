#pragma once

#include <cstdint>

namespace noroshi {

/// The sequential hypothesis test of Jung, Paxson, Berger and Balakrishnan, "Fast Portscan
/// Detection Using Sequential Hypothesis Testing" (IEEE S&P 2004, §4): a benign host's first
/// connection to a new destination succeeds with probability θ0, a scanner's with θ1.
///
/// Λ starts at 1; a success multiplies it by θ1/θ0, a failure by (1−θ1)/(1−θ0). At or above
/// η1 = β/α the host is a scanner, at or below η0 = (1−β)/(1−α) it is benign.
///
/// Known false positives: peer-to-peer clients whose peers have gone, crawlers, hosts behind a dead
/// uplink. Whoever uses the verdict asks for a number of failed destinations besides.
class ThresholdRandomWalk {
 public:
  /// The paper's values.
  struct Parameters {
    double benign_success = 0.8;   ///< θ0
    double scanner_success = 0.2;  ///< θ1
    double false_alarm = 0.01;     ///< α
    double detection = 0.99;       ///< β
  };
  enum class State : std::uint8_t { kPending, kScanner, kBenign };

  ThresholdRandomWalk() : ThresholdRandomWalk(Parameters{}) {}
  explicit ThresholdRandomWalk(const Parameters& parameters);

  /// Takes the outcome of one first connection. A decision is final.
  State observe(bool succeeded);
  [[nodiscard]] State state() const { return state_; }
  /// ln Λ.
  [[nodiscard]] double log_ratio() const { return log_ratio_; }

 private:
  double success_step_;
  double failure_step_;
  double upper_;
  double lower_;
  double log_ratio_ = 0;
  State state_ = State::kPending;
};

}  // namespace noroshi
