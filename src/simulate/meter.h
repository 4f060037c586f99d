#pragma once

#include <cstdint>
#include <memory>

#include "model/flow_batch.h"
#include "simulate/exchange.h"
#include "simulate/random.h"
#include "simulate/wire.h"

namespace noroshi::simulate {

/// What a router makes of the packets it forwards: samples them, then meters what was sampled.
/// Sampling comes first, packet by packet: a flow none of whose packets was taken does not exist,
/// flags and times are those of the packets taken.
class Meter {
 public:
  virtual ~Meter() = default;
  /// Exchanges come in the order of their start.
  virtual void observe(const Exchange& exchange) = 0;
  /// The same for a sweep, whose probes that are not sampled are never made.
  virtual void observe(const Sweep& sweep) = 0;
  /// Appends the rows that are ready at `now`; each one's `received` says since when, and is not
  /// before the last `now`.
  virtual void collect(Timestamp now, FlowBatch& rows) = 0;
  /// True when nothing is left to collect.
  [[nodiscard]] virtual bool empty() const = 0;
  /// Flows that ended before their time because there was no room.
  [[nodiscard]] virtual std::uint64_t evicted() const = 0;
};

struct FlowTimeouts {
  static constexpr std::size_t kMostFlows = 4'000'000;
  std::chrono::milliseconds active{60'000};
  std::chrono::milliseconds idle{15'000};
  /// In the cache at once; beyond, the one whose timeout comes next ends (flowEndReason 5).
  std::size_t most_flows = kMostFlows;
};

/// A flow cache with an active and an idle timeout, as NetFlow and IPFIX exporters have: one row
/// for each direction and each stretch of a conversation. A flow ends at FIN or RST too, as soon as
/// the cache is next looked at.
[[nodiscard]] std::unique_ptr<Meter> make_flow_cache(PacketSampler sampler, FlowTimeouts timeouts);

/// Every sampled packet a row of its own, as sFlow agents do.
[[nodiscard]] std::unique_ptr<Meter> make_packet_exporter(PacketSampler sampler);

}  // namespace noroshi::simulate
