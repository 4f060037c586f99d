#include "simulate/random.h"

#include <algorithm>
#include <bit>

#include "base/check.h"
#include "simulate/exponential.h"

namespace noroshi::simulate {
namespace {

std::uint64_t split_mix(std::uint64_t& state) {
  state += 0x9e37'79b9'7f4a'7c15;
  std::uint64_t z = state;
  z = (z ^ (z >> 30)) * 0xbf58'476d'1ce4'e5b9;
  z = (z ^ (z >> 27)) * 0x94d0'49bb'1331'11eb;
  return z ^ (z >> 31);
}

/// −1 / ln(1 − 1/N) from the series of the logarithm, since libm's last bit is not the same
/// everywhere.
double mean_gap(std::uint32_t rate) {
  const double p = 1.0 / rate;
  double power = p;
  double sum = 0;
  for (int term = 1; term <= 64; ++term) {
    sum += power / term;
    power *= p;
  }
  return 1.0 / sum;
}

}  // namespace

Random::Random(std::uint64_t seed) {
  for (auto& word : state_) word = split_mix(seed);
}

std::uint64_t Random::next() {
  const auto result = std::rotl(state_[1] * 5, 7) * 9;
  const auto shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

std::uint64_t Random::below(std::uint64_t bound) {
  CHECK(bound > 0);
  // Draws beyond the last whole multiple of the bound would favour small values.
  const auto limit = UINT64_MAX - UINT64_MAX % bound;
  auto value = next();
  while (value >= limit) value = next();
  return value % bound;
}

std::uint64_t Random::between(std::uint64_t least, std::uint64_t most) {
  return least + below(most - least + 1);
}

std::chrono::milliseconds Random::between(std::chrono::milliseconds least,
                                          std::chrono::milliseconds most) {
  return least + std::chrono::milliseconds(static_cast<std::int64_t>(
                     below(static_cast<std::uint64_t>((most - least).count() + 1))));
}

bool Random::chance(std::uint32_t permille) { return below(1000) < permille; }

std::uint64_t Random::exponential() {
  return exponential_from([this] { return next(); });
}

std::chrono::milliseconds Random::exponential(std::chrono::milliseconds mean) {
  constexpr std::chrono::milliseconds kDay = std::chrono::hours(24);
  CHECK(mean.count() > 0 && mean < kDay);
  // 38 bits of value times 27 bits of mean could pass 64: drop fractional bits first.
  const auto value = (exponential() >> 8) * static_cast<std::uint64_t>(mean.count()) >> 24;
  return std::min(std::chrono::milliseconds(static_cast<std::int64_t>(value)), kDay);
}

std::uint64_t Random::heavy_tailed(std::uint64_t least, std::uint64_t most,
                                   std::uint32_t permille) {
  CHECK(least > 0 && least <= most);
  auto scale = least;
  while (scale < most && chance(permille)) scale = std::min(scale * 2, most);
  return std::min(scale + below(scale), most);
}

Random Random::fork(std::uint64_t stream) const {
  auto seed = state_[0] ^ std::rotl(state_[3], 23) ^ (stream * 0xd134'2543'de82'ef95 + 1);
  return Random(split_mix(seed));
}

PacketSampler::PacketSampler(std::uint32_t rate, Random random) : rate_(rate), random_(random) {
  CHECK(rate > 0);
  if (rate_ > 1) {
    mean_gap_ = mean_gap(rate_);
    skip_ = draw();
  }
}

std::uint64_t PacketSampler::draw() {
  constexpr double kOne = 4294967296.0;
  return static_cast<std::uint64_t>(static_cast<double>(random_.exponential()) / kOne * mean_gap_);
}

PacketSampler::Taken PacketSampler::take(std::uint64_t count) {
  if (count == 0) return {};
  if (rate_ == 1) return {.count = count, .first = 0, .last = count - 1};
  Taken taken;
  for (auto index = next(0, count); index; index = next(*index + 1, count)) {
    if (taken.count++ == 0) taken.first = *index;
    taken.last = *index;
  }
  return taken;
}

std::optional<std::uint64_t> PacketSampler::next(std::uint64_t from, std::uint64_t count) {
  const auto left = count - from;
  if (rate_ == 1) return left > 0 ? std::optional(from) : std::nullopt;
  if (skip_ >= left) {
    skip_ -= left;
    return std::nullopt;
  }
  const auto index = from + skip_;
  skip_ = draw();
  return index;
}

}  // namespace noroshi::simulate
