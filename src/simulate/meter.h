#pragma once

#include <cstdint>
#include <memory>

#include "model/flow_batch.h"
#include "simulate/exchange.h"
#include "simulate/random.h"

namespace noroshi::simulate {

/// What a router makes of the packets it forwards: samples them, then meters what was sampled.
/// Sampling comes first, packet by packet: a flow none of whose packets was taken does not exist,
/// flags and times are those of the packets taken.
class Meter {
 public:
  virtual ~Meter() = default;
  /// Exchanges come in the order of their start.
  virtual void observe(const Exchange& exchange) = 0;
  /// Appends the rows that are ready at `now`, in order.
  virtual void collect(Timestamp now, FlowBatch& rows) = 0;
  /// True when nothing is left to collect.
  [[nodiscard]] virtual bool empty() const = 0;
};

struct FlowTimeouts {
  std::chrono::milliseconds active{60'000};
  std::chrono::milliseconds idle{15'000};
};

/// A flow cache with an active and an idle timeout, as NetFlow and IPFIX exporters have: one row
/// for each direction and each stretch of a conversation. A flow ends at FIN or RST too, as soon as
/// the cache is next looked at.
[[nodiscard]] std::unique_ptr<Meter> make_flow_cache(PacketSampler sampler, FlowTimeouts timeouts);

/// Every sampled packet a row of its own, as sFlow agents do.
[[nodiscard]] std::unique_ptr<Meter> make_packet_exporter(PacketSampler sampler);

}  // namespace noroshi::simulate
