#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/indicator.h"

namespace noroshi {

/// How a source writes its list.
enum class FeedFormat : std::uint8_t {
  /// One `address`, `address:port` or `[address]:port` a line, comments behind '#': plain lists and
  /// Maltrail's trails, of which names, paths and address ranges are passed over.
  kAddresses,
  /// abuse.ch Feodo Tracker: first_seen_utc,dst_ip,dst_port,c2_status,last_online,malware
  kFeodo,
  /// abuse.ch ThreatFox: first_seen_utc,ioc_id,ioc_value,ioc_type,threat_type,fk_malware,
  /// malware_alias,malware_printable,last_seen_utc,confidence_level,… ; rows of ioc_type ip:port.
  kThreatFox,
  /// Bambenek's C&C addresses: address,"IP used by FAMILY C&C",moment,reference
  kBambenek,
};
[[nodiscard]] std::string_view name_of(FeedFormat format);
/// "addresses", "feodo", "threatfox", "bambenek"; else kInvalidArgument that lists them.
[[nodiscard]] Result<FeedFormat> parse_feed_format(std::string_view name);

/// What a list held.
struct FeedReading {
  std::vector<Indicator> indicators;  ///< sorted by server and port, each once
  std::uint64_t lines = 0;            ///< but for empty ones and comments
  std::uint64_t passed_over = 0;      ///< that name no single public address: names, paths, ranges
  std::uint64_t malformed = 0;        ///< that are not what the format says
};
inline constexpr std::size_t kMostFeedOctets = std::size_t{64} << 20;
inline constexpr std::size_t kMostIndicators = 1'000'000;

/// Reads a list. `family` is that of rows that name none (Maltrail has a file for each). Nothing in
/// `text` is trusted: a line that cannot be read is counted and the others stand; kMalformed where
/// more than half of the lines cannot be read (a page in place of the list), kLimit beyond the
/// limits above. Addresses at which no public server can be (private, loopback, multicast …) are
/// passed over.
[[nodiscard]] Result<FeedReading> read_feed(std::string_view text, FeedFormat format,
                                            std::string_view family = {});

}  // namespace noroshi
