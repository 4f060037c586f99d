#include "judge/temporal/server_spectrum.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <random>
#include <vector>

namespace noroshi {
namespace {

using Times = std::vector<std::uint64_t>;
using Random = std::mt19937_64;

constexpr std::uint64_t kStart = 1'700'000'000'000;
constexpr double kDay = 86'400;

std::uint64_t at(double seconds) {
  return kStart + static_cast<std::uint64_t>(std::max(seconds, 0.0) * 1000);
}

/// What is left of exchanges of four packets when one packet in `sampling` is seen.
Times sampled(const std::vector<double>& exchanges, double sampling, Random& random) {
  std::bernoulli_distribution seen(1 - std::pow(1 - 1 / sampling, 4));
  Times times;
  for (const double time : exchanges)
    if (seen(random)) times.push_back(at(time));
  std::ranges::sort(times);
  return times;
}

std::vector<double> keep_alives(double period, double jitter, Random& random) {
  std::uniform_real_distribution<double> phase(0, period), shift(-jitter, jitter);
  std::vector<double> times;
  for (double time = phase(random); time < kDay; time += period * (1 + shift(random)))
    times.push_back(time);
  return times;
}

std::vector<double> poisson(double expected, Random& random) {
  std::exponential_distribution<double> wait(expected / kDay);
  std::vector<double> times;
  for (double time = wait(random); time < kDay; time += wait(random)) times.push_back(time);
  return times;
}

/// Sessions in waking hours, each of some exchanges within minutes.
std::vector<double> human(double expected, Random& random) {
  std::uniform_real_distribution<double> hour(8 * 3600, 23 * 3600);
  std::exponential_distribution<double> pause(1.0 / 20);
  std::geometric_distribution<int> length(1.0 / 12);
  std::vector<double> times;
  while (static_cast<double>(times.size()) < expected) {
    double time = hour(random);
    for (int exchange = length(random); exchange >= 0; --exchange) {
      times.push_back(time);
      time += pause(random);
    }
  }
  return times;
}

using Habit = std::function<std::vector<double>(Random&)>;

double strength(const Habit& habit, std::size_t clients, double sampling, std::uint64_t seed) {
  Random random(seed);
  std::vector<Times> series;
  for (std::size_t client = 0; client < clients; ++client)
    series.push_back(sampled(habit(random), sampling, random));
  return strongest_common_line(series, seed).deviations;
}

/// The chance that a server of bots is stronger than another, ties half.
double area_under_curve(const Habit& bots, std::size_t clients, double sampling, int trials) {
  const Habit regular = [](Random& random) { return poisson(1440, random); };
  const Habit people = [](Random& random) { return human(1440, random); };
  std::vector<double> positive, negative;
  for (int trial = 0; trial < trials; ++trial) {
    const auto seed = static_cast<std::uint64_t>(trial);
    positive.push_back(strength(bots, clients, sampling, 2 * seed));
    negative.push_back(
        strength(trial % 2 == 0 ? regular : people, clients, sampling, 2 * seed + 1));
  }
  double wins = 0;
  for (const double one : positive)
    for (const double other : negative) wins += one > other ? 1 : one == other ? 0.5 : 0;
  return wins / static_cast<double>(positive.size() * negative.size());
}

TEST(GammaTail, IsAnExponentialForOneClientAndASumOfItsTermsForMore) {
  EXPECT_NEAR(log_gamma_tail(1, 3), -3, 1e-12);
  EXPECT_NEAR(log_gamma_tail(3, 2), std::log(std::exp(-2.0) * (1 + 2 + 2)), 1e-12);
  EXPECT_DOUBLE_EQ(log_gamma_tail(4, 0), 0);
  // Far in the tail, where the probability itself is no double.
  EXPECT_NEAR(log_gamma_tail(2, 2000), -2000 + std::log(2001.0), 1e-9);
}

TEST(CommonLine, SaysNothingOfTooFewClientsOrEvents) {
  Random random(1);
  std::vector<Times> series;
  for (std::size_t client = 0; client + 1 < kLeastClientsOfALine; ++client)
    series.push_back(sampled(keep_alives(60, 0, random), 100, random));
  EXPECT_FALSE(strongest_common_line(series, 1).valid);
  series.push_back({at(5)});  // one event has no spectrum
  EXPECT_FALSE(strongest_common_line(series, 1).valid);
  series.push_back(sampled(keep_alives(60, 0, random), 100, random));
  EXPECT_TRUE(strongest_common_line(series, 1).valid);
}

TEST(CommonLine, NamesThePeriodThatTenClientsHaveInCommonAtOneInAThousand) {
  Random random(7);
  std::vector<Times> series;
  for (int client = 0; client < 10; ++client)
    series.push_back(sampled(keep_alives(60, 0, random), 1000, random));
  const auto line = strongest_common_line(series, 7);
  ASSERT_TRUE(line.valid);
  EXPECT_NEAR(line.period, 60, 0.2);
  EXPECT_LT(line.false_alarm, 1e-6);
  EXPECT_LE(line.surrogate_share, 0.01);
}

TEST(CommonLine, RaisesAFalseAlarmAboutAsOftenAsItSays) {
  // At a level of 5 %, of 100 servers whose clients call at random five are expected; 16 are five
  // deviations away.
  int alarms = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    Random random(seed);
    std::vector<Times> series;
    for (int client = 0; client < 8; ++client)
      series.push_back(sampled(poisson(1440, random), 1000, random));
    alarms += strongest_common_line(series, seed).false_alarm < 0.05 ? 1 : 0;
  }
  EXPECT_LE(alarms, 16);
}

// The table of reference §1.7, last column: what adding ten clients' spectra sees of a period of a
// minute that one client alone does not show at 1:1,000.
TEST(CommonLine, SeesAPeriodOfAMinuteDownToOneInAThousandAsMeasured) {
  const Habit clock = [](Random& random) { return keep_alives(60, 0, random); };
  EXPECT_GE(area_under_curve(clock, 10, 100, 12), 0.99);
  EXPECT_GE(area_under_curve(clock, 10, 1000, 40), 0.99);
}

TEST(CommonLine, DoesNotSeeThroughSleepJitterOfThirtyPercent) {
  const Habit sleeper = [](Random& random) { return keep_alives(60, 0.3, random); };
  const double area = area_under_curve(sleeper, 10, 1000, 40);
  EXPECT_GT(area, 0.3);
  EXPECT_LT(area, 0.8);
}

}  // namespace
}  // namespace noroshi
