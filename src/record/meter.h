#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "decode/packet/packet_headers.h"
#include "model/flow_batch.h"
#include "record/flow_table.h"
#include "record/fragment_table.h"
#include "record/recent_map.h"
#include "record/recording.h"

namespace noroshi {

/// What a meter did. All counters only grow; every packet is in `packets` and in exactly one flow.
struct MeterStatistics {
  std::uint64_t packets = 0;
  std::uint64_t flows = 0;              ///< rows appended
  std::uint64_t idle_timeouts = 0;      ///< rows by reason of their end
  std::uint64_t active_timeouts = 0;    ///< …
  std::uint64_t closed = 0;             ///< … the connection was closed or reset
  std::uint64_t forced_ends = 0;        ///< … the capture ended, or its clock was set back
  std::uint64_t evictions = 0;          ///< … the table was full
  std::uint64_t late_packets = 0;       ///< dated before a packet that came earlier
  std::uint64_t clock_set_back = 0;     ///< times that the clock went back by the idle timeout
  std::uint64_t fragments = 0;          ///< later fragments counted with their first one
  std::uint64_t orphan_fragments = 0;   ///< … whose first one is not known: counted under port 0
  std::uint64_t fragments_evicted = 0;  ///< fragmented packets forgotten before their time
  std::uint64_t resumed = 0;            ///< flows whose source is known from before a pause
  std::uint64_t openers_evicted = 0;    ///< pausing connections forgotten before their time
};

/// Why a flow ended (IPFIX flowEndReason, element 136, RFC 5102 §5.11.3).
enum class FlowEndReason : std::uint8_t {
  kIdleTimeout = 1,
  kActiveTimeout = 2,
  kEndOfFlow = 3,
  kForcedEnd = 4,
  kLackOfResources = 5,
};

/// Counts packets into flows (a Metering Process, RFC 7011 §2).
///
/// A flow is one conversation: the packets of one protocol between two (address, port) ends within
/// one VLAN, both ways. Its row is kBidirectional even if the other end never answered. Bytes are
/// IP lengths; times are of the capture, cut to milliseconds; `received` is the last packet's time;
/// flags are the union each way; ICMP type and code are the first packet's, and its messages have
/// ports 0; sampling_rate is 1, as every packet of the capture was seen (a capture of sampled
/// packets cannot be told from its content: who knows its rate overwrites the column).
///
/// *The source* is who opened the conversation: the sender of a TCP SYN, the receiver of a SYN+ACK,
/// whichever shows first, however late in the row; else whoever sent the first packet seen.
/// A row that continues one cut by the active timeout keeps its source; and so does the flow of a
/// TCP connection that goes on after a pause, although there the other side may speak first (the
/// last kMostOpeners such connections are remembered, for kOpenerLifetime).
///
/// *A flow ends* when a packet comes that many milliseconds after the last (idle) or the first
/// (active) one of its row, or more; when a SYN comes after a FIN or RST of either side; when the
/// table of `most_flows` is full and it has been quiet for longest; when the capture's clock is set
/// back by the idle timeout or more (files joined end to end: all flows end); or at finish(). A row
/// thus spans less than the active timeout. A TCP flow with a RST, or a FIN from both sides, ends
/// for reason 3 where it would for 1 or 4.
///
/// Later fragments carry no ports and go to the flow of their first fragment if that came before.
///
/// Memory is bounded by `most_flows` (about 160 octets each) and reused: once the table has its
/// size, a packet costs a lookup and allocates nothing. `seed` decides where things lie in memory,
/// so that a sender cannot aim packets at one place; rows do not depend on it, but for which of too
/// many fragmented packets is forgotten. Not thread-safe.
class Meter {
 public:
  static constexpr std::size_t kMostOpeners = 65'536;
  /// As long as a NAT must keep a silent connection open (RFC 5382 §5, REQ-5).
  static constexpr std::chrono::minutes kOpenerLifetime{124};

  Meter(MeterTimeouts timeouts, std::size_t most_flows, std::uint64_t seed = unpredictable_seed());

  /// Counts one packet. Rows of flows that ended before it are appended to `finished` in order of
  /// their end. Packets may come out of order; times before 1970 count as 1970.
  void add(const PacketHeaders& headers, std::chrono::nanoseconds since_epoch, FlowBatch& finished);
  /// Ends every flow, oldest last packet first. The meter may be used again afterwards.
  void finish(FlowBatch& finished);

  [[nodiscard]] const MeterStatistics& statistics() const { return statistics_; }
  [[nodiscard]] std::size_t open_flows() const { return flows_.size(); }

  /// From the system's entropy: one per process.
  [[nodiscard]] static std::uint64_t unpredictable_seed();

 private:
  using Time = std::chrono::nanoseconds;

  void advance_clock(Time time, FlowBatch& finished);
  [[nodiscard]] FragmentTable::Ports ports_of(const PacketHeaders& headers);
  /// The open flow to which a packet belongs, if any: ends the one found under its key when the
  /// packet comes too late for it, and begins its next row when that would grow too long.
  std::optional<FlowTable::Handle> continued(const FlowKey& key, const PacketHeaders& headers,
                                             Time time, FlowBatch& finished);
  FlowTable::Handle begin(const FlowKey& key, std::uint8_t source, const PacketHeaders& headers,
                          Time time, FlowBatch& finished);
  void append_row(const OpenFlow& flow, FlowEndReason reason, FlowBatch& finished);
  void end(FlowTable::Handle handle, FlowEndReason reason, FlowBatch& finished);
  void end_all(FlowBatch& finished);

  std::uint64_t seed_;
  Time active_;
  Time idle_;
  FlowTable flows_;
  FragmentTable fragments_;
  /// The source's side, of TCP connections in a pause.
  RecentMap<FlowKey, std::uint8_t> openers_{kMostOpeners, kOpenerLifetime};
  Time now_{0};  ///< the latest packet's time
  MeterStatistics statistics_;
};

}  // namespace noroshi
