#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/ip_address.h"

namespace noroshi {

/// An address block, or one of pseudonyms. Bits beyond the length are zero.
class Prefix {
 public:
  /// "192.0.2.0/24", "2001:db8::/32", or a single address; "~" before it for
  /// pseudonyms. Bits beyond the length are cleared.
  [[nodiscard]] static Result<Prefix> parse(std::string_view text);
  /// `length` in bits of the address's own family, within its bounds; bits beyond are cleared.
  [[nodiscard]] static Prefix of(const IpAddress& address, int length) {
    return Prefix(address, address.is_of_v4() ? length + 96 : length);
  }

  [[nodiscard]] const IpAddress& address() const { return address_; }
  /// In bits of the family it was written in: 0–32 for IPv4, 0–128 for IPv6.
  [[nodiscard]] int length() const {
    return address_.is_of_v4() ? mapped_length_ - 96 : mapped_length_;
  }
  [[nodiscard]] bool contains(const IpAddress& address) const;
  [[nodiscard]] std::string to_string() const;

  friend bool operator==(const Prefix&, const Prefix&) = default;

 private:
  Prefix(const IpAddress& address, int mapped_length);

  IpAddress address_;
  int mapped_length_ = 128;  // of the 16-byte form
};

/// A small set of prefixes, asked one address at a time.
class PrefixSet {
 public:
  PrefixSet() = default;
  explicit PrefixSet(std::vector<Prefix> prefixes) : prefixes_(std::move(prefixes)) {}

  void add(const Prefix& prefix) { prefixes_.push_back(prefix); }
  [[nodiscard]] bool empty() const { return prefixes_.empty(); }
  [[nodiscard]] bool contains(const IpAddress& address) const;

 private:
  std::vector<Prefix> prefixes_;
};

}  // namespace noroshi
