#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string_view>

#include "base/time.h"
#include "model/flow_batch.h"
#include "net/endpoint.h"
#include "simulate/exchange.h"

namespace noroshi::simulate {

/// What really happened in a simulation, taken from the packets themselves as they were sent,
/// before sampling.
class Truth {
 public:
  struct Span {
    Timestamp first = Timestamp::max();
    Timestamp last = Timestamp::min();
    void extend(const Exchange& exchange);
  };
  struct Command {
    Family family = Family::kNone;
    Span span;
    std::set<IpAddress> clients;
    std::set<IpAddress> visible_clients;  ///< of which at least one packet was exported
    std::uint64_t exported_flows = 0;     ///< rows in either direction
  };
  struct Infected {
    Family family = Family::kNone;
    Span span;
    std::set<Purpose> roles;
  };
  struct Victim {
    Family family = Family::kNone;
    Span span;
    std::set<IpAddress> attackers;
    std::uint64_t packets = 0;
    std::uint64_t bytes = 0;
  };
  struct Scanner {
    bool inside = false;  ///< a subscriber, else a stranger
    Span span;
    std::set<std::uint16_t> ports;
    std::uint64_t probes = 0;
  };
  struct Helper {  ///< report servers and loaders
    Family family = Family::kNone;
    Purpose purpose = Purpose::kReport;
    Span span;
    std::set<IpAddress> clients;
  };
  struct HardNegative {
    Purpose purpose = Purpose::kOrdinary;
    std::set<IpAddress> clients;
  };

  void observe(const Exchange& exchange);
  /// Notes which of the hostile conversations the exporters showed.
  void observe(const FlowBatch& exported);

  std::map<Endpoint, Command> commands;
  std::map<IpAddress, Infected> infected;
  std::map<Endpoint, Victim> victims;
  std::map<IpAddress, Scanner> scanners;
  std::map<Endpoint, Helper> helpers;
  std::map<Endpoint, HardNegative> hard_negatives;

 private:
  void observe_hostile(const Exchange& exchange);
};

/// "mirai-like", "http-poller"; empty for none.
[[nodiscard]] std::string_view to_string(Family family);
/// The names that the truth file uses: "command", "scan", "flood", "camera_keep_alive" …
[[nodiscard]] std::string_view to_string(Purpose purpose);

}  // namespace noroshi::simulate
