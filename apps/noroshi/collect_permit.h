#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "app/flow_rate.h"
#include "app/open_desk.h"
#include "base/result.h"
#include "guard/office.h"
#include "net/ip_address.h"

namespace noroshi {

/// Whether what `collect` listens on may be collected, before it begins and while it goes on. On
/// loopback alone, Noroshi's own filing for simulated traffic stands for it. Elsewhere a filing is
/// needed: of the folder that flows are kept in, or, where they are not, of an installation.
class CollectPermit {
 public:
  /// `place` is where the filing is.
  CollectPermit(std::vector<IpAddress> listening, DeskPlace place);

  /// kPermission with all that is missing, one a line.
  [[nodiscard]] Status before();
  /// Once a second or so; as before(), also where a criterion of the filing is reached. `office` is
  /// the place's where this process has it open; another's is asked now and then.
  [[nodiscard]] Status meanwhile(GuardOffice* office, std::uint64_t flows);

 private:
  [[nodiscard]] Status ask() const;

  const std::vector<IpAddress> listening_;
  const DeskPlace place_;
  bool needs_filing_ = false;
  FlowRate rate_;
  FlowRate::Moment asked_;
};

}  // namespace noroshi
