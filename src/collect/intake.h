#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "collect/exporter_interfaces.h"
#include "collect/exporter_policy.h"
#include "collect/exporter_report.h"
#include "collect/exporter_table.h"
#include "decode/decoder.h"
#include "decode/saved_session.h"
#include "model/flow_sink.h"

namespace noroshi {

/// What one receiving thread has seen.
struct IntakeReport {
  ExporterCounters totals;  ///< of all exporters ever seen
  std::uint64_t exporters_evicted = 0;
  std::uint64_t batches = 0;  ///< handed to the sink
  std::vector<ExporterReport> exporters;
  std::vector<SessionInterfaces> interfaces;  ///< also of exporters not heard since a restart
};

/// From datagrams to the sink, for one receiving thread: asks the policy, decodes, counts per
/// exporter, gathers rows, and hands them on in batches of a size or an age. Nothing is allocated
/// per datagram of a known exporter. Not thread-safe.
class Intake {
 public:
  using Clock = std::chrono::steady_clock;
  struct Config {
    std::size_t batch_rows = 8192;             ///< a batch goes on when it holds so many …
    std::chrono::milliseconds batch_age{200};  ///< … or its oldest row is so old
    std::size_t most_exporters = 4096;
  };
  struct Dependencies {
    std::shared_ptr<const ExporterPolicy> policy;
    FlowSink& sink;
  };

  Intake(Config config, Dependencies dependencies);

  /// Puts another policy in force.
  void adopt(std::shared_ptr<const ExporterPolicy> policy) { exporters_.adopt(std::move(policy)); }

  /// Takes a datagram that came in at `listener` (an index) at `now` through `decoder`, one made by
  /// decoder_config(). True if it was decoded, whole or in part.
  bool accept(Decoder& decoder, Datagram datagram, std::size_t listener, Clock::time_point now);

  /// Whether an exporter may connect; one that may not is counted as refused.
  bool welcome(const IpAddress& exporter, Port port, std::size_t listener, Timestamp now);
  /// Whether its rate cap lets an exporter's next message in. What is refused anyway need not wait.
  [[nodiscard]] bool has_turn(const IpAddress& exporter, Timestamp wall, Clock::time_point now);

  /// Hands the batch on if it is old enough.
  void flush_if_due(Clock::time_point now);
  /// Hands the batch on now, unless it is empty.
  void flush();
  /// When flush_if_due() will have something to do; max() while the batch is empty.
  [[nodiscard]] Clock::time_point due() const { return due_; }

  /// A copy of all counters. `listeners` names the listeners by index; `sessions` are those of the
  /// decoders in use.
  [[nodiscard]] IntakeReport report(std::span<const std::string> listeners,
                                    std::span<const SessionReport> sessions) const;
  [[nodiscard]] ExporterCounters totals() const { return exporters_.totals(); }

  /// Sessions are told apart by port where the policy says so for that exporter, so decoders always
  /// look at the port, and the intake hides it from them elsewhere.
  [[nodiscard]] static Decoder::Config decoder_config(Decoder::Config config) {
    config.port_in_session_key = true;
    return config;
  }

 private:
  void complete(const Exporter& exporter, std::size_t first_row);
  void observe(Exporter& exporter, const Datagram& datagram);
  void observe_rates(Exporter& exporter, std::size_t first_row);

  Config config_;
  FlowSink& sink_;
  ExporterTable exporters_;
  FlowBatch batch_;
  Clock::time_point due_ = Clock::time_point::max();
  std::uint64_t batches_ = 0;
};

}  // namespace noroshi
