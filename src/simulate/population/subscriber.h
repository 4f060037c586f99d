#pragma once

#include <cstdint>
#include <string_view>

#include "net/ip_address.h"
#include "simulate/draws.h"
#include "simulate/plan/plan.h"

namespace noroshi::simulate {

/// What a line is for. Shares are assumed; a plan may say others.
enum class LineKind : std::uint8_t { kHome, kOffice, kServer };
inline constexpr std::size_t kLineKinds = 3;

/// A subscriber's line: a function of the seed and its number, made anew whenever it is needed.
struct Subscriber {
  std::uint32_t index = 0;
  LineKind kind = LineKind::kHome;
  IpAddress v4;  ///< of the line, or one that it shares with others (carrier-grade NAT, RFC 6888)
  IpAddress v6;  ///< none for lines without IPv6
  std::uint16_t first_port = 32'768;  ///< outgoing conversations use these source ports
  std::uint16_t port_count = 28'232;
  /// How much its people do, thousandths of the mean: heavy-tailed, from a third to sixteen times.
  std::uint32_t activity_permille = 1'000;

  [[nodiscard]] bool shares_address() const { return port_count < 10'000; }
  /// The source port of conversation `draws`.
  [[nodiscard]] std::uint16_t port(Draws& draws) const {
    return static_cast<std::uint16_t>(first_port + draws.below(port_count));
  }
  /// The source port of a program that listens on a fixed one; behind a shared address another.
  [[nodiscard]] std::uint16_t fixed_port(std::uint16_t wanted) const {
    return shares_address() ? static_cast<std::uint16_t>(first_port + wanted % port_count) : wanted;
  }
};

/// All lines of a plan.
class Population {
 public:
  explicit Population(const Plan& plan);

  [[nodiscard]] Subscriber line(std::uint32_t index) const;
  /// The line's IPv6 address, were it to have one.
  [[nodiscard]] IpAddress v6_of(std::uint32_t index) const;
  /// The draws of a line for one purpose, which no other purpose disturbs.
  [[nodiscard]] Draws draws(std::uint32_t index, std::uint64_t purpose) const {
    return draws_.of(purpose).of(index);
  }
  /// Where the lines' addresses are: for `--local`.
  [[nodiscard]] std::vector<std::string> prefixes() const;

 private:
  [[nodiscard]] std::uint32_t base() const;

  const Plan& plan_;
  Draws draws_;
};

[[nodiscard]] std::string_view to_string(LineKind kind);

}  // namespace noroshi::simulate
