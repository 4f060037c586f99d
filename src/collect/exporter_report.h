#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"
#include "decode/export_header.h"
#include "decode/statistics.h"
#include "net/endpoint.h"
#include "net/ip_address.h"

namespace noroshi {

/// What came from exporters. All counters only grow.
struct ExporterCounters {
  std::uint64_t datagrams = 0;               ///< that reached the decoder; over TCP, messages
  std::uint64_t octets = 0;                  ///< their payload
  std::uint64_t refused = 0;                 ///< datagrams refused by the exporter policy
  std::uint64_t over_rate = 0;               ///< datagrams above the exporter's rate cap
  std::uint64_t unknown_sampling_flows = 0;  ///< flows handed on with sampling rate 0
  DecodeStatistics decode;

  void add(const ExporterCounters& other);
};

/// Export time minus arrival, in milliseconds: the exporter's clock against ours, less what
/// delivery takes. Headers of NetFlow v9 and IPFIX have whole seconds, so up to 1,000 ms behind
/// means nothing.
struct ClockSkew {
  bool known = false;
  std::int64_t last = 0;
  double smoothed = 0;  ///< over about sixteen datagrams

  void observe(std::int64_t milliseconds) {
    smoothed = known ? smoothed + (static_cast<double>(milliseconds) - smoothed) / 16
                     : static_cast<double>(milliseconds);
    last = milliseconds;
    known = true;
  }
};

/// One exporter as an operator sees it.
struct ExporterReport {
  IpAddress address;
  std::string name;       ///< from the rules; empty: none
  bool stranger = false;  ///< no rule names it
  bool allowed = true;
  std::string listener;  ///< where its last datagram came in: "udp://[::]:2055"
  Port port;             ///< from which
  Timestamp first_seen;
  Timestamp last_seen;
  ExporterCounters counters;
  std::array<std::uint64_t, kExportKinds> datagrams_by_kind{};  ///< index: ExportKind
  /// Observation domains, engines, sub-agents: the first kMostDomains seen.
  std::vector<std::uint32_t> domains;
  /// Rates of flows handed on, the first kMostRates seen; 0 is "unknown".
  std::vector<std::uint32_t> sampling_rates;
  std::size_t sessions = 0;
  std::size_t templates = 0;              ///< in force, options templates included
  std::size_t provisional_templates = 0;  ///< of these, from before a restart and unconfirmed
  ClockSkew clock_skew;
  Timestamp last_loss;              ///< a gap in sequence numbers; epoch: never
  Timestamp last_unknown_template;  ///< data without a template; epoch: never

  static constexpr std::size_t kMostDomains = 32;
  static constexpr std::size_t kMostRates = 8;

  /// Adds what another thread saw of the same exporter.
  void merge(const ExporterReport& other);
};

/// One listening socket.
struct SocketReport {
  std::string listener;  ///< "udp://0.0.0.0:2055"
  std::size_t worker = 0;
  std::uint64_t datagrams = 0;
  /// Datagrams that the kernel threw away because the receive buffer was full or its checksum
  /// wrong.
  std::uint64_t kernel_drops = 0;
  std::size_t receive_buffer_asked = 0;  ///< octets
  std::size_t receive_buffer = 0;        ///< octets granted
};

}  // namespace noroshi
