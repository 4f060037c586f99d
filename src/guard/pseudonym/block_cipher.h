#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/result.h"
#include "guard/pseudonym/ff1.h"
#include "guard/pseudonym/key_source.h"
#include "guard/pseudonym/permutation.h"
#include "net/prefix.h"

namespace noroshi {

/// The addresses of one block and their pseudonyms under one key: a bijection between the two that
/// leaves the block's own bits as they are.
///
/// IPv4, and parts of an IPv6 address with fewer than 20 bits, by a random permutation kept as a
/// table; longer parts by FF1. Of an IPv6 address the bits between the block and /64 are one part,
/// the 64 (or fewer) that follow another whose tweak is the address's own /64: addresses of one
/// subnet keep one subnet, and equal interface parts in two subnets get unequal ones.
///
/// Any number of threads may use one object at once.
class BlockCipher {
 public:
  /// Numbers in all tables of a key: four bytes each, 256 MiB.
  static constexpr std::uint64_t kMostTableNumbers = std::uint64_t{1} << 26;
  /// In the tables of a block.
  [[nodiscard]] static std::uint64_t table_numbers(const Prefix& block);

  /// `block` is as SubscriberRanges has them. Takes about a second for an IPv4 /8.
  [[nodiscard]] static Result<std::shared_ptr<const BlockCipher>> make(const KeySource& source,
                                                                       const std::string& key,
                                                                       const Prefix& block);

  [[nodiscard]] const Prefix& block() const { return block_; }
  /// Of an IPv4 block: where the host bits of an address's pseudonym stand, and the network bits.
  [[nodiscard]] const std::uint32_t* place_of(std::uint32_t address) const {
    return hosts_->place_of(address & host_mask_);
  }
  [[nodiscard]] std::uint32_t network() const { return network_; }

  /// Of an IPv6 block: replaces the addresses, which are all in it, by their pseudonyms.
  void encrypt_v6(std::span<IpAddress* const> addresses) const;

  /// Of either family, one at a time.
  [[nodiscard]] IpAddress pseudonym_of(IpAddress address) const;
  /// The address of a pseudonym of this block. An IPv4 /8 is gone through in some milliseconds.
  [[nodiscard]] IpAddress address_of(IpAddress pseudonym) const;

 private:
  explicit BlockCipher(const Prefix& block) : block_(block) {}

  Prefix block_;
  // IPv4.
  std::uint32_t host_mask_ = 0;
  std::uint32_t network_ = 0;
  std::optional<Permutation> hosts_;
  // IPv6: one of each pair, or neither where there are no such bits.
  int subnet_bits_ = 0;
  std::optional<Permutation> subnet_table_;
  std::optional<Ff1Bits> subnet_cipher_;
  int interface_bits_ = 0;
  std::optional<Permutation> interface_table_;
  std::optional<Ff1Bits> interface_cipher_;
};

}  // namespace noroshi
