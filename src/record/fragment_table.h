#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "decode/packet/packet_headers.h"
#include "net/ip_address.h"

namespace noroshi {

/// Remembers the ports of fragmented packets: only the first fragment carries them (RFC 791 §3.2,
/// RFC 8200 §4.5), the later ones name it by addresses, protocol and identification.
///
/// Memory is fixed. A packet is remembered for kLifetime, or until kWays newer ones want its place.
class FragmentTable {
 public:
  struct Ports {
    std::uint16_t source = 0;
    std::uint16_t destination = 0;
  };
  /// RFC 8200 §4.5: reassembly is given up 60 s after the first fragment arrived.
  static constexpr std::chrono::seconds kLifetime{60};

  explicit FragmentTable(std::uint64_t seed);

  /// Keeps the ports of a first fragment. True if a packet still alive had to be forgotten for it.
  bool remember(const PacketHeaders& first, std::chrono::nanoseconds now);
  /// The ports of the packet to which a later fragment belongs.
  [[nodiscard]] std::optional<Ports> find(const PacketHeaders& later,
                                          std::chrono::nanoseconds now) const;

 private:
  static constexpr std::size_t kSets = 1024;
  static constexpr std::size_t kWays = 4;
  struct Key {
    IpAddress source;
    IpAddress destination;
    std::uint32_t fragment_id = 0;
    std::uint16_t vlan = 0;
    std::uint8_t protocol = 0;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct Entry {
    Key key;
    Ports ports;
    std::chrono::nanoseconds seen{0};
    bool used = false;
  };
  using Set = std::array<Entry, kWays>;

  [[nodiscard]] static Key key_of(const PacketHeaders& headers);
  [[nodiscard]] std::size_t set_of(const Key& key) const;
  [[nodiscard]] static bool alive(const Entry& entry, std::chrono::nanoseconds now);

  std::uint64_t seed_;
  std::vector<Set> sets_;
};

}  // namespace noroshi
