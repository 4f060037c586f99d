#include "record/nfcapd_exporters.h"

#include <algorithm>
#include <array>
#include <limits>

#include "base/byte_order.h"
#include "base/byte_reader.h"

namespace noroshi {
namespace {

constexpr std::uint16_t kAddressFamilyV4 = 2;
constexpr std::size_t kRecordHeader = 4;

}  // namespace

IpAddress nfcapd_address6(const std::byte* source) {
  std::array<std::byte, 16> bytes;
  store_big_endian(bytes.data(), load_little_endian<std::uint64_t>(source));
  store_big_endian(bytes.data() + 8, load_little_endian<std::uint64_t>(source + 8));
  return IpAddress::from_bytes(bytes);
}

std::uint32_t NfcapdExporters::Exporter::rate(std::optional<std::uint64_t> sampler) const {
  if (sampler) {
    const auto found = std::find_if(samplers.begin(), samplers.end(),
                                    [&](const Sampler& each) { return each.id == *sampler; });
    if (found != samplers.end()) return found->rate;
  }
  return common_rate;
}

bool NfcapdExporters::read_exporter(std::span<const std::byte> record) {
  ByteReader reader(record);
  reader.skip(kRecordHeader);
  reader.skip(4);  // version of its protocol
  const auto address = reader.read_bytes(16);
  const auto family = reader.read_u16_le();
  const auto number = reader.read_u16_le();
  const auto domain = reader.read_u32_le();
  if (!reader.ok()) return false;
  auto& exporter = exporters_[number];
  exporter.stated = true;
  exporter.observation_domain_id = domain;
  if (family == kAddressFamilyV4) {
    const auto v4 = load_little_endian<std::uint32_t>(address.data() + 8);
    exporter.address = v4 == 0 ? IpAddress() : IpAddress::from_v4(v4);
  } else {
    exporter.address = nfcapd_address6(address.data());
  }
  return true;
}

bool NfcapdExporters::read_sampler16(std::span<const std::byte> record) {
  ByteReader reader(record);
  reader.skip(kRecordHeader);
  const auto id = static_cast<std::int32_t>(reader.read_u32_le());
  const auto interval = reader.read_u32_le();
  reader.skip(2);  // algorithm
  const auto number = reader.read_u16_le();
  if (!reader.ok()) return false;
  add_sampler(number, static_cast<std::uint64_t>(std::int64_t{id}), interval);
  return true;
}

bool NfcapdExporters::read_sampler17(std::span<const std::byte> record) {
  ByteReader reader(record);
  reader.skip(kRecordHeader);
  const auto number = reader.read_u16_le();
  reader.skip(2);  // algorithm
  const auto id = reader.read_u64_le();
  const std::uint64_t taken = reader.read_u32_le();
  const std::uint64_t passed_over = reader.read_u32_le();
  if (!reader.ok()) return false;
  const auto rate = taken == 0 ? 0 : (taken + passed_over) / taken;
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint32_t>::max();
  add_sampler(number, id, static_cast<std::uint32_t>(std::min(rate, kMost)));
  return true;
}

void NfcapdExporters::add_sampler(std::uint16_t number, std::uint64_t id, std::uint32_t rate) {
  auto& exporter = exporters_[number];
  auto& samplers = exporter.samplers;
  const auto found = std::find_if(samplers.begin(), samplers.end(),
                                  [&](const auto& sampler) { return sampler.id == id; });
  if (found != samplers.end())
    found->rate = rate;
  else if (samplers.size() < kMostSamplers)
    samplers.push_back({.id = id, .rate = rate});
  const bool agree = std::all_of(samplers.begin(), samplers.end(), [&](const auto& sampler) {
    return sampler.rate == samplers.front().rate;
  });
  exporter.common_rate = agree ? samplers.front().rate : 0;
}

}  // namespace noroshi
