#pragma once

#include <array>
#include <cstddef>

#include "guard/pseudonym/private_memory.h"
#include "net/ip_address.h"

namespace noroshi {

/// IPv6 pseudonyms made lately under one key: the same few addresses come again and again, and
/// twenty rounds of AES each time are most of what a flow costs. Two to a cache line; what does not
/// fit gives way to what is newer. One thread at a time.
class RecentPseudonyms {
 public:
  RecentPseudonyms() : memory_(kBuckets * sizeof(Bucket)) {}

  struct Entry {
    IpAddress address;  ///< none: empty
    IpAddress pseudonym;
  };
  using Bucket = std::array<Entry, 2>;

  /// Where an address would be, to be fetched ahead.
  [[nodiscard]] Bucket* bucket_of(const IpAddress& address) {
    auto* buckets = static_cast<Bucket*>(memory_.data());
    return buckets + mix(address.high(), address.low()) % kBuckets;
  }
  static void keep(Bucket& bucket, const IpAddress& address, const IpAddress& pseudonym) {
    bucket[1] = bucket[0];
    bucket[0] = {address, pseudonym};
  }

 private:
  /// 4 MiB: the active addresses of a hundred thousand lines.
  static constexpr std::size_t kBuckets = std::size_t{1} << 16;

  PrivateMemory memory_;  // zeros: every address is none
};

}  // namespace noroshi
