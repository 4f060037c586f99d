#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "base/result.h"
#include "decode/statistics.h"
#include "model/flow_batch.h"
#include "net/ip_address.h"
#include "record/input.h"

namespace noroshi {

/// What reading a recording has shown so far. Readers without datagrams (Zeek, nfcapd …) leave the
/// datagram counters at zero and count `records` and `flows`.
struct RecordingStatistics {
  DecodeStatistics decode;
  std::set<IpAddress> exporters;  ///< bounded by kMostExporters; further ones are only counted
  std::uint64_t exporters_not_listed = 0;
  /// What a damaged file could not give, by reason ("truncated_block": 1), beyond
  /// decode.undecodable.
  std::map<std::string, std::uint64_t, std::less<>> damage;
  std::uint64_t packets_read = 0;     ///< captures: packets in the file
  std::uint64_t packets_ignored = 0;  ///< captures: packets that are neither exports nor IP

  static constexpr std::size_t kMostExporters = 65'536;
  void add_exporter(const IpAddress& exporter) {
    if (exporters.size() < kMostExporters || exporters.contains(exporter))
      exporters.insert(exporter);
    else
      ++exporters_not_listed;
  }
  void count_damage(std::string_view reason, std::uint64_t times = 1) {
    damage.try_emplace(std::string(reason)).first->second += times;
  }
};

/// A file being read as flows. One per file; not thread-safe.
class Recording {
 public:
  virtual ~Recording() = default;

  /// What the file was recognised as: "pcap", "pcapng", "nfcapd 1.6 (lzo)", "zeek conn (tsv)" …
  [[nodiscard]] virtual std::string format() const = 0;

  /// Clears `batch` and appends the next rows, about kRowsPerRead of them; false at the end, when
  /// the batch stays empty. Damage in the file is counted in statistics() and read past where
  /// possible, else ends the reading; only failing input or output is an Error.
  [[nodiscard]] virtual Result<bool> read(FlowBatch& batch) = 0;
  static constexpr std::size_t kRowsPerRead = 4096;

  [[nodiscard]] virtual const RecordingStatistics& statistics() const = 0;
  /// For progress: bytes taken from the file and its size (0 if not known).
  [[nodiscard]] virtual std::uint64_t consumed() const = 0;
  [[nodiscard]] virtual std::uint64_t total() const = 0;
};

/// How a capture of ordinary packets is metered into flows (RFC 7011 §2 "Metering Process").
struct MeterTimeouts {
  std::chrono::milliseconds active{300'000};
  std::chrono::milliseconds idle{30'000};
};

struct RecordingOptions {
  /// For exporters that state none, and for recordings that carry none; 0 = unknown.
  std::uint32_t default_sampling_rate = 0;
  MeterTimeouts meter;
};

/// Opens a recording of any supported kind, recognised by its content; compression (gzip, zstd,
/// bzip2, xz) is unwrapped first. An unknown format, a missing or empty file is one clear error
/// beginning with the path.
[[nodiscard]] Result<std::unique_ptr<Recording>> open_recording(const std::string& path,
                                                                const RecordingOptions& options);
/// The same for bytes already at hand; `name` begins error messages.
[[nodiscard]] Result<std::unique_ptr<Recording>> open_recording(std::unique_ptr<ByteStream> stream,
                                                                const std::string& name,
                                                                const RecordingOptions& options);

}  // namespace noroshi
