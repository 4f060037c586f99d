#pragma once

#include "base/byte_writer.h"
#include "encode/encoder.h"
#include "encode/one_way.h"

namespace noroshi {

/// NetFlow v5 (Cisco "NetFlow Export Datagram Format", tables B-3 and B-4).
///
/// IPv4 only: IPv6 rows are skipped and counted. The sequence number counts records. A datagram has
/// one sampling interval, so rows of another rate begin another datagram; rates above 16,383 do not
/// fit and are written as 0, which is "unknown". AS numbers above 65,535 become AS_TRANS (23456,
/// RFC 6793), wider interfaces 0, wider counters 2^32 − 1, each counted as saturated. VLAN,
/// direction and end reason are not carried.
class Netflow5Encoder final : public Encoder {
 public:
  struct Config {
    std::uint8_t engine_type = 0;
    std::uint8_t engine_id = 0;
    Timestamp booted;  ///< system uptime counts from here, modulo 2^32 ms
  };

  explicit Netflow5Encoder(Config config) : config_(config) {}

  [[nodiscard]] Datagrams encode(const FlowBatch& batch, Timestamp now) override;
  [[nodiscard]] const EncodeStatistics& statistics() const override { return statistics_; }

 private:
  void begin(Timestamp now, std::uint32_t sampling_rate);
  void write(const OneWay& record);
  void finish(Datagrams& datagrams);
  std::uint32_t uptime(std::uint64_t unix_milliseconds) const;
  template <typename Narrow>
  Narrow narrow(std::uint64_t value, Narrow otherwise);

  Config config_;
  ByteWriter datagram_;
  std::uint16_t count_ = 0;
  std::uint32_t sampling_rate_ = 0;
  std::uint32_t flow_sequence_ = 0;
  EncodeStatistics statistics_;
};

}  // namespace noroshi
