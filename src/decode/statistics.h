#pragma once

#include <array>
#include <cstdint>

#include "decode/undecodable.h"

namespace noroshi {

/// What a decoder saw. All counters only grow.
struct DecodeStatistics {
  std::uint64_t datagrams = 0;            ///< accepted by a decoder, whole or in part
  std::uint64_t records = 0;              ///< data records decoded: flows and events, not options
  std::uint64_t flows = 0;                ///< rows appended that are traffic
  std::uint64_t events = 0;               ///< rows appended that are NEL/NSEL events
  std::uint64_t provisional_records = 0;  ///< records, options too, read by unconfirmed templates
  std::uint64_t option_records = 0;       ///< option data records read
  std::uint64_t templates = 0;            ///< template and options template definitions accepted
  std::uint64_t templates_replaced = 0;
  std::uint64_t templates_withdrawn = 0;
  std::uint64_t templates_evicted = 0;        ///< pushed out by the limit on templates
  std::uint64_t sessions_evicted = 0;         ///< exporter sessions pushed out by their limit
  std::uint64_t interface_names = 0;          ///< interfaces named, or called otherwise than before
  std::uint64_t interface_names_evicted = 0;  ///< pushed out by a limit
  std::uint64_t counter_samples = 0;          ///< sFlow counter samples, counted and left alone
  std::uint64_t drop_samples = 0;             ///< sFlow discarded-packet samples, likewise
  std::uint64_t non_ip_samples = 0;           ///< sFlow flow samples of packets that are not IP
  std::uint64_t unknown_samples = 0;  ///< sFlow samples or records of other formats, skipped
  std::uint64_t lost_records = 0;     ///< by sequence number, where it counts records (v5, IPFIX)
  std::uint64_t lost_datagrams = 0;   ///< by sequence number, where it counts datagrams (v9, sFlow)
  std::uint64_t reordered = 0;        ///< datagrams that arrived behind their successor
  std::uint64_t sequence_resets = 0;  ///< exporter restarts seen in the sequence number
  std::uint64_t clamped_times = 0;    ///< flow times refused as absurd; export time stands in
  std::array<std::uint64_t, kUndecodableReasons> undecodable{};

  /// Adds what another decoder or exporter saw.
  void add(const DecodeStatistics& other);

  void count(Undecodable reason) { ++undecodable[static_cast<std::size_t>(reason)]; }
  [[nodiscard]] std::uint64_t of(Undecodable reason) const {
    return undecodable[static_cast<std::size_t>(reason)];
  }
};

}  // namespace noroshi
