#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "net/endpoint.h"
#include "net/ip_address.h"

namespace noroshi {

/// One connection, or one continued piece of a connection that had been silent, as the client made
/// it. Counts are as exported; Contact::sampling_rate says of how many packets they are one.
struct ContactEvent {
  std::uint64_t time = 0;      ///< first packet, ms since 1970 UTC
  std::uint64_t duration = 0;  ///< to the last packet, ms
  std::uint64_t packets_up = 0;
  std::uint64_t bytes_up = 0;  ///< client → server
  std::uint64_t packets_down = 0;
  std::uint64_t bytes_down = 0;
  bool answered = false;   ///< the server accepted: it sent data, or completed the handshake
  bool continued = false;  ///< a later piece of the connection that the event before it began
};

/// A map of the minutes in which something was sent: one bit a minute, one word an hour.
struct ActiveHour {
  std::uint64_t hour = 0;  ///< hours since 1970 UTC
  std::uint64_t minutes = 0;
};

/// Who met which server: everything the judge needs to know of one client and one service in the
/// window that was summarised. Times are ms since 1970 UTC; "up" is client → server.
struct Contact {
  IpAddress client;
  Endpoint server;

  std::uint64_t flows = 0;        ///< rows as exported
  std::uint64_t connections = 0;  ///< after pairing, merging of continuations and repeated SYNs
  std::uint64_t answered = 0;     ///< connections the server accepted
  std::uint64_t refused = 0;      ///< connections the server answered with nothing but a reset
  std::uint64_t retried = 0;      ///< connections whose opening was sent again and again
  std::uint64_t uninvited = 0;    ///< conversations in which the client sent nothing: backscatter
  std::uint64_t packets_up = 0;
  std::uint64_t bytes_up = 0;
  std::uint64_t packets_down = 0;
  std::uint64_t bytes_down = 0;
  std::uint8_t tcp_flags_up = 0;
  std::uint8_t tcp_flags_down = 0;
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::uint64_t longest = 0;           ///< ms, the longest single connection
  std::uint64_t longest_bytes_up = 0;  ///< of that connection
  std::uint64_t longest_bytes_down = 0;
  /// 1 packet in N; 0 when any part of the contact came without a stated rate.
  std::uint32_t sampling_rate = 0;

  /// Bounded: at most kMostHours words, earliest first seen; later hours are not marked.
  static constexpr std::size_t kMostHours = 24 * 31;
  std::vector<ActiveHour> active_hours;

  /// The first kMostEvents events in the order in which their connections were closed, then sorted
  /// by time. Interval statistics may use them: none between the first and the last is missing.
  static constexpr std::size_t kMostEvents = 4096;
  std::vector<ContactEvent> events;
  /// A uniform sample of the times (ms) of the events beyond those: for spectra only, a thinned
  /// series must never feed interval statistics.
  static constexpr std::size_t kMostReservoir = 4096;
  std::vector<std::uint64_t> reservoir;
  std::uint64_t events_seen = 0;

  /// How many intervals between the starts of successive events fell into each octave:
  /// bin k counts intervals in [2^(k-1), 2^k) ms, bin 0 those below 1 ms.
  static constexpr std::size_t kIntervalBins = 32;
  std::array<std::uint32_t, kIntervalBins> interval_bins{};
  std::uint64_t latest_event = 0;  ///< start of the event seen last; feeds interval_bins
};

/// What one client did towards one destination port, whichever the destinations.
struct PortActivity {
  IpAddress client;
  Port port;
  Protocol protocol;

  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::uint64_t destinations = 0;     ///< distinct, as long as the contact table kept them
  std::uint64_t first_successes = 0;  ///< destinations whose first connection was accepted
  std::uint64_t first_failures = 0;
  /// Outcomes of the first kOutcomes first connections in order, bit set = accepted: what a
  /// sequential test needs.
  static constexpr std::size_t kOutcomes = 128;
  std::array<std::uint64_t, kOutcomes / 64> outcomes{};

  [[nodiscard]] std::uint64_t outcomes_known() const {
    const auto all = first_successes + first_failures;
    return all < kOutcomes ? all : kOutcomes;
  }
  [[nodiscard]] bool outcome(std::size_t index) const {
    return (outcomes[index / 64] >> (index % 64) & 1) != 0;
  }
};

/// An active timeout that an exporter was seen to apply, and the records that showed it.
struct LearntTimeout {
  IpAddress exporter;
  std::uint64_t milliseconds = 0;
  std::uint64_t records = 0;
};

/// All that a window of flows came to.
struct ContactSummary {
  std::vector<Contact> contacts;
  std::vector<PortActivity> port_activity;
  std::vector<LearntTimeout> timeouts;

  std::uint64_t flows = 0;
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::uint64_t flows_of_unknown_sampling = 0;
  std::uint64_t events_without_traffic = 0;  ///< NAT and firewall events: not contacts
  std::uint64_t flows_without_time = 0;      ///< rows that state no time; they are left out
  std::uint64_t contacts_evicted = 0;
  std::uint64_t conversations_cut = 0;  ///< closed early because the table was full
  std::uint64_t port_activity_not_kept = 0;
  std::uint64_t directions_by_port = 0;  ///< conversations whose server only the port decided
};

}  // namespace noroshi
