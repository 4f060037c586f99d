#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "base/result.h"
#include "decode/packet/packet_headers.h"
#include "record/input.h"
#include "record/recording.h"

namespace noroshi {

/// One packet of a capture file.
struct Packet {
  std::chrono::nanoseconds time{0};  ///< since 1970 UTC; 0 where the file states none
  LinkType link = LinkType::kEthernet;
  std::span<const std::byte> bytes;   ///< as captured; a view, valid until the next next()
  std::uint32_t original_length = 0;  ///< on the wire
};

/// The packets of one capture file, in file order. Not thread-safe.
class PacketSource {
 public:
  /// No link that we can read carries larger packets, and libpcap writes none.
  static constexpr std::uint32_t kLargestPacket = 262'144;

  virtual ~PacketSource() = default;

  /// The next packet, or nullopt at the end. Damage is counted in `statistics.damage`, and reading
  /// goes on behind it where a whole record can be found again; only failing input is an Error.
  [[nodiscard]] virtual Result<std::optional<Packet>> next(RecordingStatistics& statistics) = 0;

  [[nodiscard]] virtual const Input& input() const = 0;
};

}  // namespace noroshi
