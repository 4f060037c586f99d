#include "guard/pseudonym/block_cipher.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/byte_order.h"
#include "base/check.h"

namespace noroshi {
namespace {

constexpr std::uint64_t mask_of(int bits) {
  return bits >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << bits) - 1;
}

struct Parts {
  int hosts = 0;      ///< bits, IPv4
  int subnet = 0;     ///< IPv6
  int interface = 0;  ///< IPv6
};

Parts parts_of(const Prefix& block) {
  if (block.address().is_v4()) return {32 - block.length(), 0, 0};
  return {0, std::max(0, 64 - block.length()), std::min(64, 128 - block.length())};
}

std::uint64_t table_of(int bits) {
  return bits > 0 && bits < Ff1Bits::kLeastBits ? std::uint64_t{1} << bits : 0;
}

IpAddress joined(std::uint64_t high, std::uint64_t low) {
  std::array<std::byte, 16> bytes;
  store_big_endian(bytes.data(), high);
  store_big_endian(bytes.data() + 8, low);
  return IpAddress::from_bytes(bytes);
}

}  // namespace

std::uint64_t BlockCipher::table_numbers(const Prefix& block) {
  const auto parts = parts_of(block);
  if (parts.hosts > 0) return std::uint64_t{1} << parts.hosts;
  return table_of(parts.subnet) + table_of(parts.interface);
}

Result<std::shared_ptr<const BlockCipher>> BlockCipher::make(const KeySource& source,
                                                             const std::string& key,
                                                             const Prefix& block) {
  const std::shared_ptr<BlockCipher> cipher(new BlockCipher(block));
  const auto parts = parts_of(block);
  // The label tells apart what must not share a key: the kind of part, the block, the site's key.
  const auto derive = [&](std::string_view part) {
    return source.derive(
        key, fmt::format("noroshi pseudonyms 1; {}; {}; {}", part, block.to_string(), key));
  };
  if (parts.hosts > 0) {
    CHECK(parts.hosts <= Permutation::kMostBits);
    cipher->host_mask_ = static_cast<std::uint32_t>(mask_of(parts.hosts));
    cipher->network_ = block.address().v4();
    cipher->hosts_.emplace(TRY(derive("hosts")), parts.hosts);
    return cipher;
  }
  cipher->subnet_bits_ = parts.subnet;
  if (table_of(parts.subnet) > 0)
    cipher->subnet_table_.emplace(TRY(derive("subnet")), parts.subnet);
  else if (parts.subnet > 0)
    cipher->subnet_cipher_.emplace(TRY(derive("subnet")), parts.subnet, Ff1Bits::Tweaks::kNone);
  cipher->interface_bits_ = parts.interface;
  if (table_of(parts.interface) > 0)
    cipher->interface_table_.emplace(TRY(derive("interface")), parts.interface);
  else
    cipher->interface_cipher_.emplace(TRY(derive("interface")), parts.interface,
                                      Ff1Bits::Tweaks::kEightBytes);
  return cipher;
}

void BlockCipher::encrypt_v6(std::span<IpAddress* const> addresses) const {
  constexpr std::size_t kTogether = 512;
  std::array<std::uint64_t, kTogether> highs;
  std::array<std::uint64_t, kTogether> subnets;
  std::array<std::uint64_t, kTogether> interfaces;
  const auto subnet_mask = mask_of(subnet_bits_);
  const auto interface_mask = mask_of(interface_bits_);
  for (std::size_t begin = 0; begin < addresses.size(); begin += kTogether) {
    const auto part = addresses.subspan(begin, std::min(kTogether, addresses.size() - begin));
    for (std::size_t i = 0; i < part.size(); ++i) {
      highs[i] = part[i]->high();
      subnets[i] = highs[i] & subnet_mask;
      interfaces[i] = part[i]->low() & interface_mask;
    }
    const std::span<std::uint64_t> subnet(subnets.data(), part.size());
    const std::span<std::uint64_t> interface(interfaces.data(), part.size());
    if (interface_cipher_)
      interface_cipher_->encrypt(interface, std::span(highs).first(part.size()));
    else
      for (auto& bits : interface) bits = interface_table_->at(static_cast<std::uint32_t>(bits));
    if (subnet_cipher_)
      subnet_cipher_->encrypt(subnet, {});
    else if (subnet_table_)
      for (auto& bits : subnet) bits = subnet_table_->at(static_cast<std::uint32_t>(bits));
    for (std::size_t i = 0; i < part.size(); ++i)
      *part[i] = joined((highs[i] & ~subnet_mask) | subnets[i],
                        (part[i]->low() & ~interface_mask) | interfaces[i])
                     .marked();
  }
}

IpAddress BlockCipher::pseudonym_of(IpAddress address) const {
  CHECK(block_.contains(address));
  if (hosts_) return IpAddress::from_v4(network_ | *place_of(address.v4())).marked();
  const std::array<IpAddress*, 1> one = {&address};
  encrypt_v6(one);
  return address;
}

IpAddress BlockCipher::address_of(IpAddress pseudonym) const {
  const auto marked = pseudonym.unmarked();
  CHECK(pseudonym.is_pseudonym() && block_.contains(marked));
  if (hosts_) return IpAddress::from_v4(network_ | hosts_->origin_of(marked.v4() & host_mask_));
  const auto subnet_mask = mask_of(subnet_bits_);
  const auto interface_mask = mask_of(interface_bits_);
  std::array<std::uint64_t, 1> subnet = {marked.high() & subnet_mask};
  std::array<std::uint64_t, 1> interface = {marked.low() & interface_mask};
  if (subnet_cipher_)
    subnet_cipher_->decrypt(subnet, {});
  else if (subnet_table_)
    subnet[0] = subnet_table_->origin_of(static_cast<std::uint32_t>(subnet[0]));
  const std::array<std::uint64_t, 1> high = {(marked.high() & ~subnet_mask) | subnet[0]};
  if (interface_cipher_)
    interface_cipher_->decrypt(interface, high);
  else
    interface[0] = interface_table_->origin_of(static_cast<std::uint32_t>(interface[0]));
  return joined(high[0], (marked.low() & ~interface_mask) | interface[0]);
}

}  // namespace noroshi
