#pragma once

#include <cstdint>

#include "simulate/traffic.h"

namespace noroshi::simulate {

/// A stretch of time: from `from` on, before `to`.
struct Window {
  Timestamp from;
  Timestamp to;
  [[nodiscard]] bool contains(Timestamp moment) const { return moment >= from && moment < to; }
};

class Probes;

/// Many single packets to or from many ends within a short time: a scan. Thousands of them cost one
/// entry, and besides it no more than what is sampled of them in a view.
struct Sweep {
  Timestamp start;
  std::chrono::milliseconds duration{0};  ///< at most Exchange::kLongest; probes evenly spread
  std::uint32_t count = 0;                ///< of probes, above 0
  std::uint64_t key = 0;                  ///< decides the draws of its probes
  std::uint64_t context = 0;              ///< what `probes` makes of it
  std::uint32_t line = 0;                 ///< whose it is, where `subject` says whom it concerns
  std::uint32_t subject = 0;
  std::uint16_t size = 0;          ///< octets of a probe, for the truth of its subject
  const Probes* probes = nullptr;  ///< outlives the sweep

  /// The k-th probe, at its time.
  [[nodiscard]] inline Exchange probe(std::uint32_t k) const;
};

/// Makes the k-th probe of a sweep: an exchange with at most one packet each way. A function of its
/// arguments: asked in any order, and only for packets that are sampled.
class Probes {
 public:
  virtual ~Probes() = default;
  [[nodiscard]] virtual Exchange probe(const Sweep& sweep, std::uint32_t k) const = 0;
};

Exchange Sweep::probe(std::uint32_t k) const {
  auto exchange = probes->probe(*this, k);
  exchange.start = start + duration * (2 * std::int64_t{k} + 1) / (2 * std::int64_t{count});
  return exchange;
}

/// Traffic that takes sweeps too. Nothing may lie before the window that is being asked for.
class Wire : public Traffic {
 public:
  using Traffic::add;
  virtual void add(const Sweep& sweep) = 0;
};

}  // namespace noroshi::simulate
