#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "base/byte_writer.h"
#include "encode/nfcapd_format.h"
#include "model/flow_batch.h"

namespace noroshi {

/// One row of a batch, its counters as nfdump would keep them: multiplied by the sampling rate.
struct NfcapdRow {
  NfcapdRow(const FlowBatch& batch, std::size_t row);

  const FlowBatch& batch;
  std::size_t row;
  std::uint64_t packets;
  std::uint64_t bytes;
  std::uint64_t reverse_packets;
  std::uint64_t reverse_bytes;
  bool is_event;
  bool is_nat_event;  ///< an event with translated addresses: natEvent, not firewallEvent
  bool is_v6;         ///< one address at least is IPv6
  bool is_icmp;

  /// The destination port, or ICMP type and code in its place.
  [[nodiscard]] std::uint16_t port_or_icmp() const;
  [[nodiscard]] bool has_reverse() const { return reverse_packets != 0 || reverse_bytes != 0; }
  [[nodiscard]] bool is_sampled() const { return batch.sampling_rate()[row] > 1; }
  [[nodiscard]] bool is_translated() const;
};

/// Writes an IPv6 address the way the format keeps it: two 64-bit numbers.
void write_nfcapd_address6(ByteWriter& out, const IpAddress& address);

/// Appends one flow record of layout 2.
void write_nfcapd_flow17(ByteWriter& out, const NfcapdRow& row, std::uint16_t exporter_number);

/// Writes flow records of layout 1 and the extension maps that explain them.
class NfcapdFlows16 {
 public:
  explicit NfcapdFlows16(bool narrow_exporter_numbers) : narrow_(narrow_exporter_numbers) {}

  /// Appends the record, and before it its extension map where that is new. Returns how many
  /// records were appended.
  std::uint32_t write(ByteWriter& out, const NfcapdRow& row, std::uint16_t exporter_number);

 private:
  using Extensions = std::vector<std::uint16_t>;

  bool narrow_;
  std::map<Extensions, std::uint16_t> maps_;
};

}  // namespace noroshi
