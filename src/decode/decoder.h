#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include "decode/datagram.h"
#include "decode/statistics.h"
#include "model/flow_batch.h"

namespace noroshi {

struct SavedSession;
struct SessionReport;

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
    std::size_t template_fields_per_session = 65'536;  ///< of all templates of one session
    std::size_t template_fields = 2'097'152;  ///< of all templates of all sessions together
    std::size_t samplers_per_session = 1024;
    std::size_t interfaces_per_session = 4096;  ///< that have a name
    std::size_t interfaces = 65'536;            ///< of all sessions together
  };
  struct Config {
    Transport transport = Transport::kDatagrams;
    /// Tell sessions of one address apart by source port. Off by default: exporters that change
    /// their port would lose their templates (nfdump #237).
    bool port_in_session_key = false;
    /// Used where the exporter states no rate of its own; 0 leaves the rate unknown.
    std::uint32_t default_sampling_rate = 0;
    /// How long after its announcement a restored template may serve unconfirmed.
    std::chrono::milliseconds provisional_lifetime = std::chrono::days(3);
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
  /// The same, counted in `statistics` (one exporter's, say) and not in those of the decoder.
  bool decode(const Datagram& datagram, FlowBatch& batch, DecodeStatistics& statistics);

  [[nodiscard]] const DecodeStatistics& statistics() const;

  /// What is known of every session, those used the longest ago first. A copy.
  [[nodiscard]] std::vector<SessionReport> sessions() const;

  /// Everything later datagrams of an exporter may be decoded by, to be kept over a restart; those
  /// used the longest ago first, sessions that have nothing of the kind left out.
  [[nodiscard]] std::vector<SavedSession> save() const;
  /// Takes back what save() gave: templates are in force but provisional until the exporter repeats
  /// or replaces them. What breaks a rule or a limit is left out, what is known already is newer
  /// and stays. Templates that are older than Config::provisional_lifetime at `now` are left out.
  ///
  /// Deviation: by RFC 7011 §8.4 templates end with their session. Exporters repeat theirs every
  /// few minutes to half an hour, and until then each restart of the collector would lose their
  /// flows; so templates live on for a limited time, marked and counted.
  void restore(std::span<const SavedSession> sessions, Timestamp now);

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace noroshi
