#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "collect/exporter_interfaces.h"
#include "collect/exporter_policy.h"
#include "collect/exporter_report.h"
#include "collect/intake.h"
#include "collect/listen_address.h"
#include "collect/stream_server.h"
#include "collect/template_keeper.h"
#include "decode/decoder.h"
#include "model/flow_sink.h"

namespace noroshi {

/// What the whole collector has seen.
struct CollectorReport {
  ExporterCounters totals;  ///< of all exporters ever seen
  std::uint64_t kernel_drops = 0;
  std::uint64_t exporters_evicted = 0;
  std::uint64_t batches = 0;  ///< handed to the sink
  std::uint64_t template_file_failures = 0;
  ConnectionCounters connections;  ///< over TCP and TLS
  std::vector<SocketReport> sockets;
};

/// Receives exports on any number of addresses and hands the flows in batches to a sink.
///
/// Each UDP address has one socket for each worker, and one exporter is always one worker's, so its
/// datagrams stay in the order of arrival.
class Collector {
 public:
  struct Config {
    std::vector<ListenAddress> listen;
    std::size_t workers = 1;                 ///< threads that receive over UDP
    std::size_t receive_buffer = 32u << 20;  ///< octets, of each UDP socket
    ExporterPolicy::Config exporters = {};
    Intake::Config intake = {};
    Decoder::Config decoder = {};
    /// Where templates outlive a restart, see TemplateKeeper; by Decoder::Config's lifetime.
    TemplateKeeper::Config templates = {};
    /// Limits of TCP and TLS, and the files of the latter; the rest is taken from here.
    StreamServer::Config streams = {};
    std::chrono::milliseconds report_interval{1000};  ///< how old reports may be
  };
  struct Dependencies {
    FlowSink& sink;
    /// Told of what an operator should know and may ignore; from any thread.
    std::function<void(const std::string&)> warn;
  };

  /// Inert until start().
  Collector(Config config, Dependencies dependencies);
  ~Collector();

  /// Opens every address, or none and says which could not be had.
  Status start();
  /// Returns after what had arrived is decoded and every batch has reached the sink. Safe to call
  /// twice.
  void stop();

  /// The addresses it listens on, ports filled in where any free one was asked for.
  [[nodiscard]] const std::vector<ListenAddress>& listening() const;

  /// Treats exporters by other rules from now on, known ones too. From any thread.
  void set_exporters(ExporterPolicy::Config exporters);

  /// These two may be called from any thread and disturb no worker: they are at most a report
  /// interval old, and complete after stop().
  [[nodiscard]] CollectorReport report() const;
  /// The most recently heard first.
  [[nodiscard]] std::vector<ExporterReport> exporters() const;
  /// What exporters call their interfaces, by exporter; where sessions of one disagree, what was
  /// said last. As old as reports; exporters that have gone are in it, and what a restart brought.
  [[nodiscard]] std::vector<ExporterInterfaces> interfaces() const;

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace noroshi
