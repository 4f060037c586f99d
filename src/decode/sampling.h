#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "decode/saved_session.h"

namespace noroshi {

/// The numbers by which an exporter states a sampling rate; absent ones are nullopt.
struct SamplingStatement {
  std::optional<std::uint64_t> interval;         ///< 34, 50: 1 in N
  std::optional<std::uint64_t> packet_interval;  ///< 305: packets taken in a row
  std::optional<std::uint64_t> packet_space;     ///< 306: packets then skipped
  std::optional<std::uint64_t> size;             ///< 309: n …
  std::optional<std::uint64_t> population;       ///< 310: … out of N

  /// "1 in N", rounded; 0 if these numbers state no rate. N/n (309/310) is taken before
  /// (interval + space)/interval (305/306), and that before 34/50: the more explicit form first.
  /// 305 without 306 says nothing about what is skipped, so it is not a rate.
  ///
  /// Deviation: MikroTik RouterOS writes these in little-endian order. That is certain, and undone,
  /// only where a four-octet interval of 2^24 or more has two zero octets behind: no exporter
  /// samples 1 in 16 million, in steps of 65536.
  [[nodiscard]] std::uint32_t rate() const;
};

/// The sampling rates an exporter has announced for one observation domain.
class SamplingTable {
 public:
  explicit SamplingTable(std::size_t most_entries) : most_entries_(most_entries) {}

  /// Each returns false, and keeps what it had, when the table is full.
  bool announce_sampler(std::uint64_t sampler, std::uint32_t rate);
  bool announce_interface(std::uint32_t interface, std::uint32_t rate);
  void announce_domain(std::uint32_t rate) { domain_rate_ = rate; }

  /// The rate for records that name this sampler; 0 if unknown. A sampler that was announced
  /// without a rate, or never, falls back to the rate of the whole domain.
  [[nodiscard]] std::uint32_t of_sampler(std::uint64_t sampler) const;
  /// The rate for records that name no sampler: that of the interface, else of the domain, else of
  /// the only sampler there is; 0 if unknown.
  [[nodiscard]] std::uint32_t of_interface(std::uint32_t interface) const;

  /// Every rate announced, ascending, each once.
  [[nodiscard]] std::vector<std::uint32_t> rates() const;

  /// To be kept over a restart of ours, and taken back up to the size of the table.
  [[nodiscard]] SavedSampling save() const;
  void restore(const SavedSampling& saved);

  [[nodiscard]] bool knows_interfaces() const { return !interfaces_.empty(); }

 private:
  std::size_t most_entries_;
  std::uint32_t domain_rate_ = 0;
  std::unordered_map<std::uint64_t, std::uint32_t> samplers_;
  std::unordered_map<std::uint32_t, std::uint32_t> interfaces_;
};

}  // namespace noroshi
