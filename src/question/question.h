#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "filter/condition.h"
#include "model/flow_batch.h"
#include "net/ip_address.h"

namespace noroshi {

/// What flows can be told apart by: nfdump's element names (nfdump(1) `-s`, `-A`) and ours.
enum class Element : std::uint8_t {
  kSourceAddress,       ///< srcip
  kDestinationAddress,  ///< dstip
  kAnyAddress,          ///< ip
  kSourcePort,          ///< srcport
  kDestinationPort,     ///< dstport
  kAnyPort,             ///< port
  kProtocol,            ///< proto
  kSourceAs,            ///< srcas
  kDestinationAs,       ///< dstas
  kAnyAs,               ///< as
  kInputInterface,      ///< inif
  kOutputInterface,     ///< outif
  kAnyInterface,        ///< if
  kVlan,                ///< vlan
  kExporter,            ///< router, exporter
  kNextHop,             ///< nhip, next
  kObservationDomain,   ///< odid, domain
  kSourceCountry,       ///< srccountry, srcgeo
  kDestinationCountry,  ///< dstcountry, dstgeo
  kAnyCountry,          ///< country
  kTcpFlags,            ///< flags
  kSamplingRate,        ///< sampling
};
[[nodiscard]] std::string_view name_of(Element element);
[[nodiscard]] Result<Element> parse_element(std::string_view name);
/// True for the elements a row has twice: ip, port, as, if, country. They stand in `stat`, not in
/// `aggregate`. A row counts once for each of its sides, twice for a value that is on both (as
/// nfdump counts), so that the groups may add up to twice the total.
[[nodiscard]] bool is_either_side(Element element);
[[nodiscard]] bool is_address(Element element);

/// One column of a key: an element, and for addresses optionally only their network: bits kept of
/// an IPv4 and of an IPv6 address. "srcip/24/64" gives both; "srcip4/24" keeps nothing of IPv6,
/// whose rows are one group "::", and "srcip6/64" nothing of IPv4, whose group is "0.0.0.0".
struct Key {
  Element element = Element::kSourceAddress;
  std::uint8_t v4_bits = 32;
  std::uint8_t v6_bits = 128;
  friend bool operator==(const Key&, const Key&) = default;
};
[[nodiscard]] std::string to_string(const Key& key);
[[nodiscard]] Result<Key> parse_key(std::string_view text);
/// "srcip,dstport" and back. Parsing refuses an empty list, a key named twice, more than kMostKeys,
/// and either-side elements in a list of several.
inline constexpr std::size_t kMostKeys = 16;
[[nodiscard]] std::string to_string(const std::vector<Key>& keys);
[[nodiscard]] Result<std::vector<Key>> parse_keys(std::string_view text);

/// By what rows of an answer are ranked, largest first; equal ones by their key, ascending.
enum class Order : std::uint8_t {
  kFlows,
  kPackets,
  kBytes,
  kPacketsPerSecond,  ///< over first to last of the whole group
  kBitsPerSecond,
  kBytesPerPacket,
};
[[nodiscard]] std::string_view name_of(Order order);
[[nodiscard]] Result<Order> parse_order(std::string_view name);

/// Rows whose `last` lies in [from, to), ms since 1970 UTC: a flow belongs to the moment it ended,
/// so neighbouring windows share no flow and their sums add up.
struct TimeWindow {
  std::uint64_t from = 0;
  std::uint64_t to = UINT64_MAX;
  friend bool operator==(const TimeWindow&, const TimeWindow&) = default;
};

/// Traffic rows (not events) that pass a filter in a window, grouped: `keys` empty gives one row,
/// the total. A question of one key is a "stat", of several an "aggregate".
struct GroupQuestion {
  Condition filter;
  TimeWindow window;
  std::vector<Key> keys;
  Order order = Order::kFlows;
  std::uint64_t limit = 10;  ///< rows shown; 0: all, up to kMostRows
  static constexpr std::uint64_t kMostRows = 10'000'000;
};

/// The same traffic over time: one row for each `step` (ms) that has any, its start as the first
/// key value; with `split` the `limit` largest values of that key besides, all others together as
/// "other" (no second key value).
struct SeriesQuestion {
  Condition filter;
  TimeWindow window;
  std::uint64_t step = 300'000;
  std::optional<Key> split;
  Order order = Order::kBytes;
  std::uint64_t limit = 8;
};

/// The rows themselves, events too, by first and then as they arrived.
struct RowsQuestion {
  Condition filter;
  TimeWindow window;
  std::uint64_t limit = 0;  ///< 0: all
};

/// What rows add up to. Packets and bytes are those of both directions of a bidirectional row; sums
/// stop at the largest number rather than wrap. Raw counts are as exported. Estimates multiply each
/// row by its own sampling rate and leave rows of unknown rate out, which are counted apart:
/// nothing is scaled silently.
struct Tally {
  std::uint64_t flows = 0;
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
  std::uint64_t first = 0;  ///< ms; the earliest first that is not 0
  std::uint64_t last = 0;
  std::uint64_t flows_of_unknown_sampling = 0;  ///< sampling_rate 0
  std::uint64_t sampled_flows = 0;              ///< sampling_rate above 1
  double estimated_packets = 0;                 ///< Σ packets · N over rows of known rate
  double estimated_bytes = 0;
  /// Variances of the estimates under independent sampling of packets at 1 in N (Duffield, Lund,
  /// Thorup 2005, §3): Σ packets · N(N−1), and Σ bytes²/packets · N(N−1).
  double packets_variance = 0;
  double bytes_variance = 0;

  void add(const Tally& other);

  /// As the numbers of condition.h, of the whole: last − first, and quotients rounded down, 0 where
  /// the divisor is 0.
  [[nodiscard]] std::uint64_t duration() const { return last > first ? last - first : 0; }
  [[nodiscard]] std::uint64_t packets_per_second() const;
  [[nodiscard]] std::uint64_t bits_per_second() const;
  [[nodiscard]] std::uint64_t bytes_per_packet() const {
    return packets == 0 ? 0 : bytes / packets;
  }
};
/// The number that `order` ranks by.
[[nodiscard]] std::uint64_t rank_of(const Tally& tally, Order order);

/// A value of a key column: addresses as addresses, everything else as a number.
using KeyValue = std::variant<std::uint64_t, IpAddress>;
/// The value as people write it: addresses, "tcp", AS numbers as numbers, "JP" (".." where not
/// known), flags as nfdump writes them ("...AP.SF").
[[nodiscard]] std::string to_string(const Key& key, const KeyValue& value);

struct AnswerRow {
  std::vector<KeyValue> key;
  Tally tally;
};

struct Answer {
  std::vector<AnswerRow> rows;
  Tally total;               ///< of all rows that passed, shown or not; either-side rows once
  std::uint64_t groups = 0;  ///< distinct keys, shown or not
  /// Flows that would have opened a group beyond kMostRows: in `total`, but in no group (a series
  /// puts them under "other").
  std::uint64_t flows_not_grouped = 0;
};

}  // namespace noroshi
