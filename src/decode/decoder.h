#pragma once

#include <memory>

#include "decode/datagram.h"
#include "decode/statistics.h"
#include "model/flow_batch.h"

namespace noroshi {

/// True when the bytes have the shape of a NetFlow v5, v9, IPFIX or sFlow v5 datagram: version,
/// lengths and counts that agree with one another. Used to find exporters in a capture whatever
/// their port; strict, because ordinary traffic must not pass.
[[nodiscard]] bool looks_like_export(std::span<const std::byte> payload);

/// Decodes export datagrams of every supported protocol, told apart by their version number.
///
/// Keeps per exporter session (address, and port where configured; observation domain; protocol)
/// its templates, sampling rates, system start and sequence numbers. Nothing in a datagram is
/// trusted; all state is bounded by Limits and evictions are counted. Not thread-safe: one decoder
/// belongs to one thread.
class Decoder {
 public:
  struct Limits {
    std::size_t sessions = 4096;               ///< exporter sessions in all
    std::size_t templates_per_session = 1024;  ///< per session, data and options together
    std::size_t fields_per_template = 512;
    std::size_t template_fields = 4'194'304;  ///< of all templates of all sessions together
    std::size_t samplers_per_session = 1024;
  };
  struct Config {
    Transport transport = Transport::kDatagrams;
    /// Tell sessions of one address apart by source port. Off by default: exporters that change
    /// their port would lose their templates (nfdump #237).
    bool port_in_session_key = false;
    /// Used where the exporter states no rate of its own; 0 leaves the rate unknown.
    std::uint32_t default_sampling_rate = 0;
    Limits limits = {};
  };

  explicit Decoder(Config config);
  ~Decoder();
  Decoder(Decoder&&) noexcept;
  Decoder& operator=(Decoder&&) noexcept;

  /// Decodes one datagram and appends its flows and events to `batch` in the order exported. Each
  /// set is decoded on its own: what cannot be decoded is counted by reason, the rest is appended.
  /// Returns false when nothing of the datagram could be recognised.
  bool decode(const Datagram& datagram, FlowBatch& batch);

  [[nodiscard]] const DecodeStatistics& statistics() const;

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace noroshi
