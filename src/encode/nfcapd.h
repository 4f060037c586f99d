#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "encode/nfcapd_format.h"
#include "model/flow_batch.h"

namespace noroshi {

/// Makes a file that nfdump reads: layout 1 (as nfdump 1.6 writes it) or layout 2 (1.7), with every
/// compression those have. Not thread-safe.
///
/// Every field of FlowBatch that the format has room for is written; it has none for `end_reason`
/// and `direction` kIngress in layout 1, and keeps one VLAN, one next hop and one event number. A
/// row with a sampling rate above 1 is written as nfdump itself would: packets and bytes multiplied
/// by it, the record marked as sampled, and a sampler record before it.
class NfcapdWriter {
 public:
  struct Config {
    NfcapdLayout layout = NfcapdLayout::k17;
    NfcapdCompression compression = NfcapdCompression::kLz4;
    std::string ident = "none";  ///< the source's name; at most 127 bytes are kept
    Timestamp created{};
    /// Layout 1 only: the older flow record, whose exporter number has 8 bits. nfdump 1.7 passes
    /// over these.
    bool narrow_exporter_numbers = false;
    std::size_t block_size = std::size_t{1} << 20;
  };

  /// Fails with kInvalidArgument for ZSTD in layout 1, which never had it.
  [[nodiscard]] static Result<NfcapdWriter> create(Config config);
  ~NfcapdWriter();
  NfcapdWriter(NfcapdWriter&&) noexcept;
  NfcapdWriter& operator=(NfcapdWriter&&) noexcept;

  /// Appends every row in order. The file is kept in memory until finish(), because its header
  /// counts its blocks.
  void add(const FlowBatch& batch);
  /// The whole file; the writer is then of no further use.
  [[nodiscard]] std::vector<std::byte> finish();

 private:
  class Implementation;
  explicit NfcapdWriter(std::unique_ptr<Implementation> implementation);
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace noroshi
