#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "app/flow_rate.h"
#include "base/result.h"
#include "base/time.h"
#include "desk/collection_state.h"
#include "guard/filing/check.h"
#include "guard/office.h"
#include "net/ip_address.h"

namespace noroshi {

/// Lets collection begin when the filing allows it, watches over it while it goes on, and ends it
/// when a criterion is reached: between two looks, nothing is open that may not be.
///
/// Thread-safe; `open` and `close` are called from whoever looks, one at a time.
class CollectionGate {
 public:
  struct Config {
    std::vector<IpAddress> listening;  ///< what the filing has to cover
  };
  struct Dependencies {
    GuardOffice& office;
    std::function<Timestamp()> now;
    /// Opens every address or none; tried again at each look where it fails.
    std::function<Status()> open;
    /// Returns when nothing is open any more.
    std::function<void()> close;
    /// All flows there ever were.
    std::function<std::uint64_t()> flows;
    /// Told when something is not as it was at the look before.
    std::function<void(const CollectionState&)> changed;
  };

  CollectionGate(Config config, Dependencies dependencies);

  /// Once a second or so, and whenever something was filed.
  void look(FlowRate::Moment moment);
  /// Closes for good: later looks do nothing.
  void shut();

  [[nodiscard]] CollectionState state() const;
  /// As FlowRate has it at the last look.
  [[nodiscard]] double flows_per_second() const;
  /// What is measured of what is collected under a purpose.
  [[nodiscard]] FilingMeasures measures(const std::string& purpose) const;

 private:
  [[nodiscard]] FilingMeasures measured(const std::string& purpose) const;
  void close_for(std::vector<FilingFault> faults);
  void try_to_open(FlowRate::Moment moment);

  const Config config_;
  const Dependencies dependencies_;
  mutable std::mutex mutex_;
  CollectionState state_;
  FlowRate rate_;
  bool shut_ = false;
};

/// What the audit and a rate say that a filing may have as a criterion.
[[nodiscard]] FilingMeasures measures_of(const GuardOffice& office, const std::string& purpose,
                                         double flows_a_second, Timestamp now);

}  // namespace noroshi
