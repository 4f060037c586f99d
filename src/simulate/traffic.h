#pragma once

#include <cstdint>

#include "simulate/exchange.h"

namespace noroshi::simulate {

/// Where habits put what they do. Exchanges may lie in the future, never in the past.
class Traffic {
 public:
  virtual ~Traffic() = default;
  virtual void add(const Exchange& exchange) = 0;
};

/// A whole TCP conversation that carries so many bytes at so many bytes per second; what would take
/// longer than two minutes is cut off there.
struct Transfer {
  std::uint64_t up_bytes = 0;
  std::uint64_t down_bytes = 0;
  std::uint64_t bytes_per_second = 1;
};
void transfer(const Exchange& conversation, const Transfer& transfer, Traffic& traffic);

}  // namespace noroshi::simulate
