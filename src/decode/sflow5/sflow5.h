#pragma once

#include <cstddef>
#include <cstdint>

#include "decode/datagram.h"
#include "decode/lru_table.h"
#include "decode/sequence.h"
#include "decode/statistics.h"
#include "model/flow_batch.h"

namespace noroshi {

/// Decodes sFlow version 5 datagrams (sflow.org, "sFlow Version 5", July 2004).
///
/// Every flow sample, compact or expanded, of an IP packet becomes one row of one packet with the
/// sample's own rate. `bytes` is the length of the IP packet, as everywhere in a FlowBatch: not the
/// frame length, which sFlow counts with its link layer and check sequence. `first` and `last` are
/// the time of arrival, because sFlow carries none. `exporter` is the agent address of the header,
/// which stays the same behind relays and over several interfaces; the sender's where it is zero.
/// `observation_domain_id` is the sub-agent. An interface is the number without the two bits that
/// say what kind it is: as nfdump and tshark show it, a discarded packet has its reason there, and
/// one sent to several interfaces their number.
///
/// A packet is read from its sampled header up to layer 4 and no further, else from a sampled IPv4
/// or IPv6 record; switch, router and gateway records add VLAN, next hop and AS numbers (the
/// destination's is the last of the path). Other records are skipped; counter samples, discarded
/// packets and samples of packets that are not IP are counted.
///
/// Lengths and counts come from the network: each sample is read on its own, and one that
/// contradicts itself leaves no row and counts once as kMalformedRecord. Sessions (agent and
/// sub-agent) hold sequence numbers only; beyond `most_sessions` the longest unused is forgotten.
/// Not thread-safe.
class Sflow5Decoder {
 public:
  /// Per datagram, per sample, and per path. Real agents stay far below.
  static constexpr std::uint32_t kMostSamples = 1000;
  static constexpr std::uint32_t kMostRecords = 1000;
  static constexpr std::uint32_t kMostPathMembers = 1000;

  /// `default_sampling_rate` stands where a sample states 0; 0 leaves it unknown. `seed` decides
  /// where sessions lie in memory.
  explicit Sflow5Decoder(std::size_t most_sessions, std::uint32_t default_sampling_rate = 0,
                         std::uint64_t seed = 0);

  /// Appends the datagram's rows to `batch` in order. False when its header is not whole or is
  /// another version's.
  bool decode(const Datagram& datagram, FlowBatch& batch, DecodeStatistics& statistics);

 private:
  struct SessionKey {
    IpAddress agent;
    std::uint32_t sub_agent_id = 0;
    friend bool operator==(const SessionKey&, const SessionKey&) = default;
  };
  struct SessionKeyHash {
    std::uint64_t seed = 0;
    std::size_t operator()(const SessionKey& key) const {
      return mix(mix(key.agent.high() ^ seed, key.agent.low()), key.sub_agent_id);
    }
  };

  void follow_sequence(const SessionKey& key, std::uint32_t sequence, DecodeStatistics& statistics);

  std::uint32_t default_sampling_rate_;
  LruTable<SessionKey, SequenceTracker, SessionKeyHash> sessions_;
};

}  // namespace noroshi
