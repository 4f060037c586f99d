#include "simulate/diurnal.h"

#include <array>

namespace noroshi::simulate {
namespace {

constexpr std::chrono::hours kJapan{9};

std::size_t hour_of(Timestamp local) {
  const auto since_midnight = local - std::chrono::floor<std::chrono::days>(local);
  return static_cast<std::size_t>(std::chrono::floor<std::chrono::hours>(since_midnight).count());
}

}  // namespace

std::uint32_t diurnal_permille(Timestamp time) {
  // The shape that exchange points publish: lowest at five, highest at ten in the evening.
  constexpr std::array<std::uint32_t, 24> kByHour = {620, 430, 290, 210, 170, 160, 210,  330,
                                                     430, 470, 500, 530, 600, 560, 540,  560,
                                                     610, 680, 760, 840, 920, 980, 1000, 850};
  return kByHour[hour_of(time + kJapan)];
}

std::uint32_t office_permille(Timestamp time) {
  constexpr std::array<std::uint32_t, 24> kByHour = {30,  25,  25,  25,   25,  30,  50,   150,
                                                     420, 820, 960, 1000, 700, 900, 1000, 980,
                                                     930, 840, 560, 330,  190, 110, 70,   40};
  const auto local = time + kJapan;
  const std::chrono::weekday day(std::chrono::floor<std::chrono::days>(local));
  const bool weekend = day == std::chrono::Saturday || day == std::chrono::Sunday;
  return kByHour[hour_of(local)] / (weekend ? 6 : 1);
}

}  // namespace noroshi::simulate
