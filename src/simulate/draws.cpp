#include "simulate/draws.h"

#include <algorithm>

#include "base/check.h"
#include "simulate/exponential.h"

namespace noroshi::simulate {

std::uint64_t Draws::exponential() {
  return exponential_from([this] { return next(); });
}

std::chrono::milliseconds Draws::exponential(std::chrono::milliseconds mean) {
  CHECK(mean.count() >= 0);
  const auto scaled =
      static_cast<WideWord>(exponential()) * static_cast<WideWord>(mean.count()) >> 32;
  return std::chrono::milliseconds(static_cast<std::int64_t>(scaled));
}

std::uint32_t Draws::poisson(std::uint64_t expected_thousandths) {
  if (expected_thousandths == 0) return 0;
  const auto limit = (expected_thousandths << 32) / 1000;
  std::uint64_t sum = 0;
  for (std::uint32_t events = 0; events < kMostEvents; ++events) {
    sum += exponential();
    if (sum > limit) return events;
  }
  return kMostEvents;
}

std::uint64_t Draws::heavy_tailed(std::uint64_t least, std::uint64_t most, std::uint32_t permille) {
  CHECK(least > 0 && least <= most);
  auto scale = least;
  while (scale < most && chance(permille)) scale = std::min(scale * 2, most);
  return std::min(scale + below(scale), most);
}

std::uint64_t Draws::zipf(std::uint64_t count) {
  CHECK(count > 0);
  const auto octaves = static_cast<std::uint64_t>(std::bit_width(count));
  // Ranks 1, 2–3, 4–7 …; what lies beyond the count in the last octave is drawn again.
  for (;;) {
    const auto octave = std::uint64_t{1} << below(octaves);
    const auto rank = octave + below(octave);
    if (rank <= count) return rank - 1;
  }
}

}  // namespace noroshi::simulate
