#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "model/contact.h"
#include "net/ip_address.h"

namespace noroshi {

/// Learns the active timeout each exporter applies (RFC 7011 §5.1.1): it cuts every long connection
/// into records of that length, which would otherwise look like a beacon.
///
/// An exporter that says why a record ended (flowEndReason 2) is believed. Of the others, a usual
/// timeout is taken as applied when record durations pile up at it and hardly any is longer.
class ActiveTimeouts {
 public:
  /// The timeouts usual in exporters' defaults and guides, in ms.
  static constexpr std::array<std::uint64_t, 5> kUsual = {30'000, 60'000, 120'000, 300'000,
                                                          1'800'000};
  static constexpr std::uint8_t kEndedByActiveTimeout = 2;
  static constexpr std::size_t kMostExporters = 4096;
  /// Fewer records than this at one duration are no pile.
  static constexpr std::uint64_t kLeastPile = 20;

  void observe(const IpAddress& exporter, std::uint64_t duration, std::uint8_t end_reason) {
    if (!is_below_all(duration)) tally(exporter, duration, end_reason);
  }

  /// False for most rows by far: whatever is known of its exporter, cut() says no.
  [[nodiscard]] static bool may_be_cut(std::uint64_t duration, std::uint8_t end_reason) {
    return end_reason == kEndedByActiveTimeout || !is_below_all(duration);
  }

  /// Was a record of this duration cut by its exporter's active timeout, as far as is known now?
  [[nodiscard]] bool cut(const IpAddress& exporter, std::uint64_t duration,
                         std::uint8_t end_reason) const;

  /// What was learnt, by exporter address and then by timeout.
  [[nodiscard]] std::vector<LearntTimeout> learnt() const;

 private:
  /// Shorter than any timeout: such a record tells nothing of them.
  static bool is_below_all(std::uint64_t duration) {
    constexpr auto kShortest = kUsual[0];
    return duration + kShortest / 20 < kShortest;
  }
  void tally(const IpAddress& exporter, std::uint64_t duration, std::uint8_t end_reason);

  struct Tally {
    std::array<std::uint64_t, kUsual.size()> near{};
    std::array<std::uint64_t, kUsual.size()> beyond{};
    std::array<std::uint64_t, kUsual.size()> stated{};
    [[nodiscard]] bool applies(std::size_t index) const;
  };
  std::unordered_map<IpAddress, Tally> exporters_;
};

}  // namespace noroshi
