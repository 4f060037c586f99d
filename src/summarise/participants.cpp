#include "summarise/participants.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <tuple>

namespace noroshi {

IpAddress block_of(const IpAddress& address, int mapped_length) {
  std::array<std::byte, 16> bytes = address.bytes();
  for (int bit = mapped_length; bit < 128; ++bit)
    bytes[static_cast<std::size_t>(bit / 8)] &= ~(std::byte{0x80} >> (bit % 8));
  return IpAddress::from_bytes(bytes);
}

void Participants::Heavy::add(const IpAddress& address) {
  if (const auto found = counts.find(address); found != counts.end()) {
    ++found->second;
    return;
  }
  if (counts.size() < kCounters) {
    counts.emplace(address, 1);
    return;
  }
  for (auto entry = counts.begin(); entry != counts.end();)
    entry = --entry->second == 0 ? counts.erase(entry) : std::next(entry);
}

void Participants::add(const IpAddress& source, const IpAddress& destination) {
  for (std::size_t level = 0; level < 3; ++level) {
    const auto block = [&](const IpAddress& address) {
      const int length = (address.is_v4() ? kIpv4Lengths : kIpv6Lengths)[level];
      return length == 128 ? address : block_of(address, length);
    };
    const auto from = block(source);
    const auto to = block(destination);
    levels_[level].add(from);
    if (from != to) levels_[level].add(to);
  }
}

std::vector<ContactSummary::Participant> Participants::most(std::uint64_t least) const {
  std::vector<ContactSummary::Participant> result;
  for (std::size_t level = 0; level < 3; ++level)
    for (const auto& [address, flows] : levels_[level].counts)
      if (flows >= least)
        result.push_back({address, (address.is_v4() ? kIpv4Lengths : kIpv6Lengths)[level], flows});
  std::ranges::sort(result, [](const auto& a, const auto& b) {
    return std::tuple(-a.mapped_length, b.flows, a.address) <
           std::tuple(-b.mapped_length, a.flows, b.address);
  });
  return result;
}

}  // namespace noroshi
