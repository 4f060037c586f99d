#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "base/byte_order.h"
#include "base/result.h"

namespace noroshi {

/// An IPv4 or IPv6 address in 16 bytes, network byte order; IPv4 as ::ffff:a.b.c.d (RFC 4291
/// §2.5.5.2). A plain value: columns of a FlowBatch hold it as it stands. All zero is "none".
///
/// Or the pseudonym of one, in a form that no address has: ::fffe:a.b.c.d for IPv4; for IPv6 the
/// first three bits 001 (global unicast, the only part of the space that is given out, RFC 4291
/// §2.4) turned into 110, and 111 of unique local addresses (RFC 4193) into 101, both of which IANA
/// keeps reserved. Printed with a tilde: "~198.51.100.7", "~2001:db8::1".
class IpAddress {
 public:
  constexpr IpAddress() = default;

  [[nodiscard]] static constexpr IpAddress from_v4(std::uint32_t host_order) {
    IpAddress address;
    address.bytes_[10] = address.bytes_[11] = std::byte{0xff};
    address.bytes_[12] = static_cast<std::byte>(host_order >> 24);
    address.bytes_[13] = static_cast<std::byte>(host_order >> 16 & 0xff);
    address.bytes_[14] = static_cast<std::byte>(host_order >> 8 & 0xff);
    address.bytes_[15] = static_cast<std::byte>(host_order & 0xff);
    return address;
  }
  [[nodiscard]] static IpAddress from_bytes(std::span<const std::byte, 16> bytes) {
    IpAddress address;
    std::memcpy(address.bytes_.data(), bytes.data(), 16);
    return address;
  }
  [[nodiscard]] static IpAddress from_v4_bytes(std::span<const std::byte, 4> bytes) {
    return from_v4(load_big_endian<std::uint32_t>(bytes.data()));
  }
  /// "192.0.2.1", "2001:db8::1" or "::ffff:192.0.2.1", or "~" and one of those; no zone, no port,
  /// no spaces.
  [[nodiscard]] static Result<IpAddress> parse(std::string_view text);

  [[nodiscard]] const std::array<std::byte, 16>& bytes() const { return bytes_; }
  [[nodiscard]] bool is_none() const { return *this == IpAddress(); }
  [[nodiscard]] bool is_v4() const {
    return high() == 0 && load_big_endian<std::uint32_t>(bytes_.data() + 8) == 0xffff;
  }
  [[nodiscard]] bool is_pseudonym() const {
    return high() >> 61 == kGlobalMarked || high() >> 57 == kLocalMarked ||
           (high() == 0 && load_big_endian<std::uint32_t>(bytes_.data() + 8) == 0xfffe);
  }
  /// True for IPv4 addresses and for pseudonyms of such: what counts as IPv4 when traffic is told
  /// apart by family.
  [[nodiscard]] bool is_of_v4() const {
    return high() == 0 && (load_big_endian<std::uint32_t>(bytes_.data() + 8) | 1) == 0xffff;
  }
  /// Whether the address is of a kind that can have a pseudonym: IPv4, global unicast, unique
  /// local.
  [[nodiscard]] bool can_be_marked() const {
    return is_v4() || high() >> 61 == kGlobal || (high() >> 57 == kUniqueLocal);
  }
  /// The same bits in the form of a pseudonym, and back. Only for addresses that can_be_marked();
  /// others, and those in that form already, stay as they are.
  [[nodiscard]] IpAddress marked() const {
    return is_pseudonym() || !can_be_marked() ? *this : other_form();
  }
  [[nodiscard]] IpAddress unmarked() const { return is_pseudonym() ? other_form() : *this; }
  /// The IPv4 address in host order, or the same bits of a pseudonym; meaningful only when
  /// is_of_v4().
  [[nodiscard]] std::uint32_t v4() const {
    return load_big_endian<std::uint32_t>(bytes_.data() + 12);
  }
  [[nodiscard]] std::uint64_t high() const { return load_big_endian<std::uint64_t>(bytes_.data()); }
  [[nodiscard]] std::uint64_t low() const {
    return load_big_endian<std::uint64_t>(bytes_.data() + 8);
  }

  /// IPv4 dotted, IPv6 as RFC 5952, pseudonyms with a tilde before the same.
  [[nodiscard]] std::string to_string() const;

  // Two words each: compilers make a call to memcmp of the default.
  friend bool operator==(const IpAddress& a, const IpAddress& b) {
    return ((a.word(0) ^ b.word(0)) | (a.word(8) ^ b.word(8))) == 0;
  }
  friend std::strong_ordering operator<=>(const IpAddress& a, const IpAddress& b) {
    if (const auto order = a.high() <=> b.high(); order != 0) return order;
    return a.low() <=> b.low();
  }

 private:
  static constexpr std::uint64_t kGlobal = 0b001;
  static constexpr std::uint64_t kGlobalMarked = 0b110;
  static constexpr std::uint64_t kUniqueLocal = 0b1111'110;
  static constexpr std::uint64_t kLocalMarked = 0b1011'110;

  /// Between an address and its pseudonym: the bits that differ are the same both ways.
  [[nodiscard]] IpAddress other_form() const {
    IpAddress other = *this;
    if (is_of_v4()) {
      other.bytes_[11] ^= std::byte{0x01};
      return other;
    }
    const bool local = high() >> 57 == kUniqueLocal || high() >> 57 == kLocalMarked;
    other.bytes_[0] ^= local ? std::byte{0b010'00000} : std::byte{0b111'00000};
    return other;
  }

  [[nodiscard]] std::uint64_t word(std::size_t at) const {
    std::uint64_t value = 0;
    std::memcpy(&value, bytes_.data() + at, sizeof(value));
    return value;
  }

  std::array<std::byte, 16> bytes_{};
};
static_assert(sizeof(IpAddress) == 16);

/// A strong 64-bit mix of two words (the finaliser of MurmurHash3): tables keyed by addresses that
/// outsiders choose seed it with a number of their own.
[[nodiscard]] constexpr std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  std::uint64_t h = a ^ (b * 0x9e3779b97f4a7c15ULL);
  h ^= h >> 33;
  h *= 0xff51afd7ed558ccdULL;
  h ^= h >> 33;
  h *= 0xc4ceb9fe1a85ec53ULL;
  return h ^ (h >> 33);
}

}  // namespace noroshi

template <>
struct std::hash<noroshi::IpAddress> {
  std::size_t operator()(const noroshi::IpAddress& address) const {
    return noroshi::mix(address.high(), address.low());
  }
};
