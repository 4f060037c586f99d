#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/time.h"
#include "model/flow_batch.h"

namespace noroshi {

/// The UDP payload no encoder exceeds: it fits an Ethernet frame with room for tunnels.
inline constexpr std::size_t kLargestDatagram = 1400;

/// What an encoder sent. All counters only grow.
struct EncodeStatistics {
  std::uint64_t datagrams = 0;
  std::uint64_t records = 0;         ///< data records; for sFlow, flow samples
  std::uint64_t option_records = 0;  ///< sampling announcements
  std::uint64_t templates = 0;       ///< template and options template definitions
  std::uint64_t skipped = 0;         ///< rows the protocol cannot carry: events; IPv6 in NetFlow v5
  std::uint64_t saturated = 0;       ///< values written as the largest the protocol can carry
};

using Datagrams = std::vector<std::vector<std::byte>>;

/// One exporter: turns flows into the UDP payloads of one export protocol and keeps what the
/// protocol makes an exporter remember: sequence numbers, template refresh, samplers.
///
/// Rows are sent in order. A bidirectional row becomes two records, one each way; events are
/// skipped and counted. `exporter`, `observation_domain_id` and `received` of a row are not used:
/// an encoder speaks for itself alone. Not thread-safe.
class Encoder {
 public:
  virtual ~Encoder() = default;

  /// The datagrams that carry `batch`, to be sent at `now`, in order, each at most
  /// kLargestDatagram octets. `now` must not go back. Templates and samplers come before the first
  /// record that needs them; an empty batch yields them when they are due, else nothing.
  [[nodiscard]] virtual Datagrams encode(const FlowBatch& batch, Timestamp now) = 0;
  [[nodiscard]] virtual const EncodeStatistics& statistics() const = 0;
};

}  // namespace noroshi
