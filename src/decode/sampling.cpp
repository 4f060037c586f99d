#include "decode/sampling.h"

#include <algorithm>
#include <limits>

#include "base/byte_order.h"

namespace noroshi {
namespace {

bool certainly_little_endian(std::uint64_t value) {
  return value >= 1u << 24 && value <= 0xffff'ffff && (value & 0xffff) == 0;
}

std::uint64_t in_order(std::uint64_t value, bool little_endian) {
  return little_endian && value <= 0xffff'ffff ? byte_swap(static_cast<std::uint32_t>(value))
                                               : value;
}

std::uint32_t rounded_quotient(std::uint64_t dividend, std::uint64_t divisor) {
  const auto quotient = dividend / divisor + (dividend % divisor >= divisor - divisor / 2 ? 1 : 0);
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint32_t>::max();
  return static_cast<std::uint32_t>(std::clamp<std::uint64_t>(quotient, 1, kMost));
}

template <typename Key>
bool announce(std::unordered_map<Key, std::uint32_t>& table, Key key, std::uint32_t rate,
              std::size_t most) {
  const auto found = table.find(key);
  if (found != table.end()) {
    // An announcement without a rate does not take back one that had it.
    if (rate != 0) found->second = rate;
    return true;
  }
  if (table.size() >= most) return false;
  table.emplace(key, rate);
  return true;
}

}  // namespace

std::uint32_t SamplingStatement::rate() const {
  if (size && population && *size != 0 && *population >= *size)
    return rounded_quotient(*population, *size);
  if (packet_interval && packet_space && *packet_interval != 0) {
    const bool little_endian = certainly_little_endian(*packet_interval);
    const auto taken = in_order(*packet_interval, little_endian);
    const auto skipped = in_order(*packet_space, little_endian);
    if (taken <= std::numeric_limits<std::uint64_t>::max() - skipped)
      return rounded_quotient(taken + skipped, taken);
  }
  if (interval && *interval != 0) {
    const auto value = in_order(*interval, certainly_little_endian(*interval));
    if (value <= std::numeric_limits<std::uint32_t>::max())
      return static_cast<std::uint32_t>(value);
  }
  return 0;
}

bool SamplingTable::announce_sampler(std::uint64_t sampler, std::uint32_t rate) {
  return announce(samplers_, sampler, rate, most_entries_);
}

bool SamplingTable::announce_interface(std::uint32_t interface, std::uint32_t rate) {
  return announce(interfaces_, interface, rate, most_entries_);
}

std::uint32_t SamplingTable::of_sampler(std::uint64_t sampler) const {
  const auto found = samplers_.find(sampler);
  return found == samplers_.end() || found->second == 0 ? domain_rate_ : found->second;
}

std::uint32_t SamplingTable::of_interface(std::uint32_t interface) const {
  if (const auto found = interfaces_.find(interface);
      found != interfaces_.end() && found->second != 0)
    return found->second;
  if (domain_rate_ != 0) return domain_rate_;
  return samplers_.size() == 1 ? samplers_.begin()->second : 0;
}

std::vector<std::uint32_t> SamplingTable::rates() const {
  std::vector<std::uint32_t> rates;
  if (domain_rate_ != 0) rates.push_back(domain_rate_);
  for (const auto& [sampler, rate] : samplers_)
    if (rate != 0) rates.push_back(rate);
  for (const auto& [interface, rate] : interfaces_) rates.push_back(rate);
  std::ranges::sort(rates);
  // clang 14 cannot see the subrange that std::ranges::unique returns.
  rates.erase(std::unique(rates.begin(), rates.end()), rates.end());
  return rates;
}

SavedSampling SamplingTable::save() const {
  SavedSampling saved{
      domain_rate_, {samplers_.begin(), samplers_.end()}, {interfaces_.begin(), interfaces_.end()}};
  std::ranges::sort(saved.samplers);
  std::ranges::sort(saved.interfaces);
  return saved;
}

void SamplingTable::restore(const SavedSampling& saved) {
  domain_rate_ = saved.domain_rate;
  for (const auto& [sampler, rate] : saved.samplers) (void)announce_sampler(sampler, rate);
  for (const auto& [interface, rate] : saved.interfaces) (void)announce_interface(interface, rate);
}

}  // namespace noroshi
