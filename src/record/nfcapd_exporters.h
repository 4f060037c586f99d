#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "net/ip_address.h"

namespace noroshi {

/// What the exporter and sampler records of an nfcapd file have said so far. Exporters are numbered
/// by 16 bits, and each keeps at most kMostSamplers, so memory is bounded.
class NfcapdExporters {
 public:
  static constexpr std::size_t kMostSamplers = 64;

  struct Exporter {
    IpAddress address;
    std::uint32_t observation_domain_id = 0;
    bool stated = false;  ///< an exporter record was seen, not only samplers

    /// The sampling rate of the sampler with this identifier; without one, the rate on which all
    /// samplers of this exporter agree; 0 where that is not known.
    [[nodiscard]] std::uint32_t rate(std::optional<std::uint64_t> sampler) const;

    struct Sampler {
      std::uint64_t id = 0;
      std::uint32_t rate = 0;
    };
    std::vector<Sampler> samplers;
    std::uint32_t common_rate = 0;  ///< what rate({}) answers
  };

  /// Reads one record with its header, as the file has it; false when it is shorter than it must
  /// be.
  bool read_exporter(std::span<const std::byte> record);
  bool read_sampler16(std::span<const std::byte> record);
  bool read_sampler17(std::span<const std::byte> record);

  /// Null for a number of which nothing was said. Valid until the next record is read.
  [[nodiscard]] const Exporter* find(std::uint16_t number) const {
    const auto found = exporters_.find(number);
    return found == exporters_.end() ? nullptr : &found->second;
  }

 private:
  void add_sampler(std::uint16_t number, std::uint64_t id, std::uint32_t rate);

  std::unordered_map<std::uint16_t, Exporter> exporters_;
};

/// An IPv6 address as the format keeps it, two little-endian 64-bit numbers; 16 bytes.
[[nodiscard]] IpAddress nfcapd_address6(const std::byte* source);

}  // namespace noroshi
