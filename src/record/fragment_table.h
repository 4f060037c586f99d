#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "decode/packet/packet_headers.h"
#include "record/recent_map.h"

namespace noroshi {

/// Remembers the ports of fragmented packets: only the first fragment carries them (RFC 791 §3.2,
/// RFC 8200 §4.5), the later ones name it by addresses, protocol and identification.
class FragmentTable {
 public:
  struct Ports {
    std::uint16_t source = 0;
    std::uint16_t destination = 0;
  };
  /// RFC 8200 §4.5: reassembly is given up 60 s after the first fragment arrived.
  static constexpr std::chrono::seconds kLifetime{60};
  static constexpr std::size_t kCapacity = 4096;

  explicit FragmentTable(std::uint64_t seed) : seed_(seed), packets_(kCapacity, kLifetime) {}

  /// Keeps the ports of a first fragment. True if a packet still alive had to be forgotten for it.
  bool remember(const PacketHeaders& first, std::chrono::nanoseconds now) {
    const auto key = key_of(first);
    return packets_.remember(hash_of(key), key, {first.source_port, first.destination_port}, now);
  }
  /// The ports of the packet to which a later fragment belongs.
  [[nodiscard]] std::optional<Ports> find(const PacketHeaders& later,
                                          std::chrono::nanoseconds now) const {
    const auto key = key_of(later);
    return packets_.find(hash_of(key), key, now);
  }

 private:
  struct Key {
    IpAddress source;
    IpAddress destination;
    std::uint32_t fragment_id = 0;
    std::uint16_t vlan = 0;
    std::uint8_t protocol = 0;
    friend bool operator==(const Key&, const Key&) = default;
  };

  [[nodiscard]] static Key key_of(const PacketHeaders& headers) {
    return {.source = headers.source_address,
            .destination = headers.destination_address,
            .fragment_id = headers.fragment_id,
            .vlan = headers.vlan,
            .protocol = headers.protocol};
  }
  [[nodiscard]] std::uint64_t hash_of(const Key& key) const {
    std::uint64_t hash = seed_;
    for (const auto& address : {key.source, key.destination})
      hash = mix(mix(hash, address.high()), address.low());
    return mix(hash,
               std::uint64_t{key.fragment_id} << 32 | std::uint64_t{key.vlan} << 8 | key.protocol);
  }

  std::uint64_t seed_;
  RecentMap<Key, Ports> packets_;
};

}  // namespace noroshi
