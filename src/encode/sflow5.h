#pragma once

#include "base/byte_writer.h"
#include "encode/encoder.h"
#include "encode/one_way.h"
#include "net/ip_address.h"

namespace noroshi {

/// sFlow version 5 (sflow.org, "sFlow Version 5", July 2004): every sampled packet becomes one flow
/// sample with a raw Ethernet header.
///
/// A row of k packets becomes k samples of its mean length (at most kMostSamplesPerRow; what is
/// beyond counts as saturated), each stating the row's sampling rate. The header is synthesised:
/// Ethernet (with an 802.1Q tag when the row has a VLAN), IPv4 or IPv6, and TCP, UDP, SCTP or ICMP
/// without any payload; layer 4 checksums are zero because there is nothing to sum. Times and AS
/// numbers are not carried. Sequence numbers count datagrams and samples.
class Sflow5Encoder final : public Encoder {
 public:
  static constexpr std::uint64_t kMostSamplesPerRow = 65'536;

  struct Config {
    IpAddress agent;
    std::uint32_t sub_agent_id = 0;
    std::uint32_t source_interface = 1;  ///< the data source: ifIndex where packets are sampled
    Timestamp booted;                    ///< uptime counts from here, modulo 2^32 ms
  };

  explicit Sflow5Encoder(Config config) : config_(config) {}

  [[nodiscard]] Datagrams encode(const FlowBatch& batch, Timestamp now) override;
  [[nodiscard]] const EncodeStatistics& statistics() const override { return statistics_; }

 private:
  void write_datagram_header(Timestamp now);
  void add_samples(const OneWay& record, Timestamp now, Datagrams& datagrams);
  void write_sample(const OneWay& record, std::size_t ip_length);
  void finish(Datagrams& datagrams);

  Config config_;
  ByteWriter datagram_;
  std::size_t count_position_ = 0;
  std::uint32_t count_ = 0;
  std::uint32_t datagram_sequence_ = 0;
  std::uint32_t sample_sequence_ = 0;
  std::uint32_t sample_pool_ = 0;
  EncodeStatistics statistics_;
};

}  // namespace noroshi
