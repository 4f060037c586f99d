#include "net/address_kind.h"

namespace noroshi {
namespace {

constexpr bool in_block(std::uint32_t address, std::uint32_t block, int length) {
  return (address ^ block) >> (32 - length) == 0;
}

AddressKind kind_of_v4(std::uint32_t address) {
  if (address == 0xffffffff) return AddressKind::kBroadcast;
  if (in_block(address, 0x0a000000, 8) || in_block(address, 0xac100000, 12) ||
      in_block(address, 0xc0a80000, 16) || in_block(address, 0x64400000, 10))
    return AddressKind::kPrivate;
  if (in_block(address, 0xa9fe0000, 16)) return AddressKind::kLinkLocal;
  if (in_block(address, 0xe0000000, 4)) return AddressKind::kMulticast;
  if (in_block(address, 0xf0000000, 4)) return AddressKind::kReserved;
  if (in_block(address, 0x7f000000, 8)) return AddressKind::kLoopback;
  if (in_block(address, 0x00000000, 8)) return AddressKind::kUnspecified;
  return AddressKind::kGlobal;
}

}  // namespace

AddressKind kind_of(const IpAddress& stated) {
  const auto address = stated.unmarked();  // a pseudonym is of the kind of what it stands for
  if (address.is_v4()) return kind_of_v4(address.v4());
  if (address.is_none()) return AddressKind::kUnspecified;
  if (address.high() == 0 && address.low() == 1) return AddressKind::kLoopback;
  if (address.high() >> 56 == 0xff) return AddressKind::kMulticast;
  if (address.high() >> 54 == 0xfe80 >> 6) return AddressKind::kLinkLocal;
  if (address.high() >> 57 == 0xfc >> 1) return AddressKind::kPrivate;
  return AddressKind::kGlobal;
}

}  // namespace noroshi
