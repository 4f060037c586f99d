#include "simulate/traffic.h"

#include <algorithm>

namespace noroshi::simulate {

using std::chrono::milliseconds;

void transfer(const Exchange& conversation, const Transfer& whole, Traffic& traffic) {
  constexpr milliseconds kPart{5'000};
  constexpr std::uint64_t kMostParts = 24;
  const auto per_part = std::max<std::uint64_t>(
      whole.bytes_per_second * static_cast<std::uint64_t>(kPart.count()) / 1000, 1);
  const auto largest = std::max(whole.up_bytes, whole.down_bytes);
  const auto parts = std::clamp<std::uint64_t>((largest + per_part - 1) / per_part, 1, kMostParts);
  for (std::uint64_t part = 0; part < parts; ++part) {
    auto exchange = conversation;
    exchange.up = exchange.down = {};
    exchange.start += kPart * static_cast<std::int64_t>(part);
    exchange.duration =
        parts > 1 ? kPart
                  : milliseconds(static_cast<std::int64_t>(
                        50 + largest * 1000 / std::max<std::uint64_t>(whole.bytes_per_second, 1)));
    add_tcp(exchange, {.opens = part == 0,
                       .closes = part + 1 == parts,
                       .up_bytes = std::min(whole.up_bytes / parts, per_part),
                       .down_bytes = std::min(whole.down_bytes / parts, per_part)});
    traffic.add(exchange);
  }
}

}  // namespace noroshi::simulate
