#include "pipeline/local_side.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "base/check.h"
#include "net/address_kind.h"

namespace noroshi {
namespace {

constexpr std::array<const char*, 5> kPrivateRanges = {
    "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"};
/// Of the contacts without a private address, fewer than this share of all are leaks and noise.
constexpr double kLeastShare = 0.05;
constexpr double kCoverage = 0.9;
/// Several watched hosts that share no block: each must still take part in a good part.
constexpr std::size_t kMostHosts = 8;
constexpr double kLeastHostShare = 0.1;

Prefix prefix_of(const IpAddress& address, int length) {
  const auto prefix = Prefix::parse(address.to_string() + "/" + std::to_string(length));
  CHECK(prefix.has_value());
  return *prefix;
}

/// The first address of the block of that length (in bits of the address's own family).
IpAddress block_of(const IpAddress& address, int length) {
  const int kept = address.is_of_v4() ? length + 96 : length;
  auto bytes = address.bytes();
  for (int index = 0; index < 16; ++index) {
    const int bits = std::clamp(kept - 8 * index, 0, 8);
    bytes[static_cast<std::size_t>(index)] &= static_cast<std::byte>(0xff00 >> bits & 0xff);
  }
  return IpAddress::from_bytes(bytes);
}

using Pairs = std::vector<const Contact*>;

struct Heaviest {
  IpAddress block;
  std::size_t pairs = 0;
  std::size_t as_client = 0;
};

/// The block of that length in which most pairs have an end; among equals, the one that calls more.
Heaviest heaviest(const Pairs& pairs, int v4_length, int v6_length) {
  std::unordered_map<IpAddress, Heaviest> count;
  for (const auto* pair : pairs) {
    const auto block = [&](const IpAddress& address) {
      return block_of(address, address.is_of_v4() ? v4_length : v6_length);
    };
    const auto client = block(pair->client);
    const auto server = block(pair->server.address);
    auto& one = count[client];
    ++one.pairs;
    ++one.as_client;
    if (server != client) ++count[server].pairs;
  }
  Heaviest best;
  for (auto& [address, one] : count) {
    one.block = address;
    // The address breaks a tie, so that the table's order never decides.
    if (std::tuple(one.pairs, one.as_client, one.block) >
        std::tuple(best.pairs, best.as_client, best.block))
      best = one;
  }
  return best;
}

std::vector<Prefix> observed(Pairs pairs) {
  const auto all = static_cast<double>(pairs.size());
  for (const auto& [v4_length, v6_length] :
       {std::pair(32, 128), std::pair(24, 64), std::pair(16, 48)}) {
    const auto best = heaviest(pairs, v4_length, v6_length);
    if (static_cast<double>(best.pairs) >= kCoverage * all)
      return {prefix_of(best.block, best.block.is_of_v4() ? v4_length : v6_length)};
  }
  std::vector<Prefix> hosts;
  while (hosts.size() < kMostHosts && static_cast<double>(pairs.size()) > (1 - kCoverage) * all) {
    const auto best = heaviest(pairs, 32, 128);
    if (static_cast<double>(best.pairs) < kLeastHostShare * all) return {};
    hosts.push_back(prefix_of(best.block, best.block.is_of_v4() ? 32 : 128));
    std::erase_if(pairs, [&](const Contact* pair) {
      return pair->client == best.block || pair->server.address == best.block;
    });
  }
  return static_cast<double>(pairs.size()) <= (1 - kCoverage) * all ? hosts : std::vector<Prefix>();
}

}  // namespace

bool LocalSide::contains(const IpAddress& address) const {
  return ground == Ground::kUnknown || address.is_pseudonym() ||
         std::ranges::any_of(prefixes,
                             [&](const Prefix& prefix) { return prefix.contains(address); });
}

LocalSide local_side_of(std::span<const Contact> contacts, std::vector<Prefix> stated) {
  if (!stated.empty()) return {LocalSide::Ground::kStated, std::move(stated)};
  LocalSide side;
  Pairs without_private;
  std::size_t with_private = 0;
  for (const auto& contact : contacts) {
    const auto client = kind_of(contact.client);
    const auto server = kind_of(contact.server.address);
    if (client == AddressKind::kPrivate || server == AddressKind::kPrivate ||
        contact.client.is_pseudonym() || contact.server.address.is_pseudonym())
      ++with_private;
    else if (client == AddressKind::kGlobal && server == AddressKind::kGlobal)
      without_private.push_back(&contact);
  }
  if (with_private > 0) {
    side.ground = LocalSide::Ground::kPrivate;
    for (const auto* range : kPrivateRanges) side.prefixes.push_back(Prefix::parse(range).value());
  }
  const auto total = static_cast<double>(with_private + without_private.size());
  if (static_cast<double>(without_private.size()) < kLeastShare * total || without_private.empty())
    return side;
  auto found = observed(std::move(without_private));
  if (!found.empty()) side.ground = LocalSide::Ground::kObserved;
  std::ranges::move(found, std::back_inserter(side.prefixes));
  return side;
}

}  // namespace noroshi
