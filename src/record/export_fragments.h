#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "decode/lru_table.h"
#include "decode/packet/packet_headers.h"

namespace noroshi {

/// Puts export datagrams together that came in IP fragments.
///
/// Only a datagram whose first fragment was found to be an export is begun here, so that nothing
/// else is ever held. Fragments must follow one another in order, as a sender makes them; one that
/// does not ends its datagram. At most kMostDatagrams are open at once (then the one idle for
/// longest gives way), each of at most 64 KiB. Not thread-safe.
class ExportFragments {
 public:
  static constexpr std::size_t kMostDatagrams = 64;

  explicit ExportFragments(std::uint64_t seed = 0) : open_(kMostDatagrams, KeyHash{seed}) {}

  /// `payload` is what the first fragment holds of a UDP payload of `length` octets.
  void begin(const PacketHeaders& first, std::span<const std::byte> payload, std::size_t length);

  struct Whole {
    std::uint16_t source_port = 0;
    std::vector<std::byte> payload;
  };
  struct Addition {
    bool belongs = false;  ///< to a datagram that was begun: nobody else should count the fragment
    std::optional<Whole> whole;
  };
  /// `payload` is everything behind the IP header of a later fragment.
  Addition add(const PacketHeaders& later, std::span<const std::byte> payload);

  /// Datagrams begun and not, or not yet, completed.
  [[nodiscard]] std::uint64_t incomplete() const { return incomplete_; }

 private:
  struct Key {
    IpAddress source;
    IpAddress destination;
    std::uint32_t fragment_id = 0;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct KeyHash {
    std::uint64_t seed = 0;
    std::size_t operator()(const Key& key) const;
  };
  struct Partial {
    std::uint16_t source_port = 0;
    std::size_t length = 0;
    bool broken = false;  ///< kept to recognise what else belongs to it
    std::vector<std::byte> payload;
  };

  LruTable<Key, Partial, KeyHash> open_;
  std::uint64_t incomplete_ = 0;
};

}  // namespace noroshi
