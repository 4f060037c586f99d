#pragma once

#include <span>
#include <string>
#include <vector>

#include "model/contact.h"
#include "net/prefix.h"

namespace noroshi {

/// Which addresses are taken as inside, and on what ground.
struct LocalSide {
  enum class Ground {
    kStated,    ///< a person said so
    kPrivate,   ///< private, carrier-grade NAT and unique local addresses, or pseudonyms, take part
    kObserved,  ///< besides or instead, the hosts or block that nearly all contacts have in common
    kUnknown,   ///< neither: every caller is treated as inside
  };
  Ground ground = Ground::kUnknown;
  std::vector<Prefix> prefixes;

  /// A pseudonym always is: only subscribers have one.
  [[nodiscard]] bool contains(const IpAddress& address) const;
};

/// Decides which side of the contacts is inside. `stated` wins when it is not empty. Else private
/// ranges; and for the contacts without a private address on either side, the one host or block
/// (/24, /16; IPv6 /64, /48) that takes part in at least nine tenths of them, else the few hosts
/// that together do: what a capture at one host or one site's border has in common.
[[nodiscard]] LocalSide local_side_of(std::span<const Contact> contacts,
                                      std::vector<Prefix> stated);

}  // namespace noroshi
