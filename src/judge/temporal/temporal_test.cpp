#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "judge/temporal/common_line_evidence.h"
#include "judge/temporal/intervals.h"
#include "judge/temporal/spectrum.h"
#include "judge/temporal/temporal_evidence.h"

namespace noroshi {
namespace {

constexpr std::uint64_t kStart = 1'700'000'000'000;

std::vector<std::uint64_t> periodic(std::size_t events, double period, double jitter,
                                    std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> shift(-jitter, jitter);
  std::vector<std::uint64_t> times;
  double now = 0;
  for (std::size_t event = 0; event < events; ++event) {
    times.push_back(kStart + static_cast<std::uint64_t>(now * 1000));
    now += period * (1 + shift(random));
  }
  return times;
}

std::vector<std::uint64_t> poisson(double rate, double seconds, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::exponential_distribution<double> wait(rate);
  std::vector<std::uint64_t> times;
  for (double now = wait(random); now < seconds; now += wait(random))
    times.push_back(kStart + static_cast<std::uint64_t>(now * 1000));
  return times;
}

Contact contact_with(const std::vector<std::uint64_t>& times, std::uint32_t sampling = 1) {
  Contact contact;
  contact.server = {IpAddress::from_v4(0xc6336407), Port{4444}, kTcp};
  for (const auto time : times) contact.events.push_back({.time = time});
  contact.events_seen = contact.connections = times.size();
  contact.sampling_rate = sampling;
  contact.first = times.front();
  contact.last = times.back();
  return contact;
}

TEST(Intervals, ScoreAClockAtOne) {
  const auto statistics = interval_statistics(periodic(100, 60, 0, 1));
  EXPECT_EQ(statistics.intervals, 99u);
  EXPECT_DOUBLE_EQ(statistics.median, 60);
  EXPECT_DOUBLE_EQ(statistics.score, 1);
}

TEST(Intervals, ScoreKnownQuartilesByTheirClosedForm) {
  // Intervals 1, 2, 3, 4, 10 s: quartiles 2, 3, 4; deviations 0, 1, 1, 2, 7.
  const std::vector<std::uint64_t> times{0, 1000, 3000, 6000, 10'000, 20'000};
  const auto statistics = interval_statistics(times);
  EXPECT_DOUBLE_EQ(statistics.median, 3);
  EXPECT_DOUBLE_EQ(statistics.bowley, 0);
  EXPECT_DOUBLE_EQ(statistics.dispersion_score, 1 - 1.0 / 3);
  EXPECT_DOUBLE_EQ(statistics.score, 0.5 * (1 + 2.0 / 3));
}

TEST(Intervals, ScoreAPoissonProcessAtItsClosedForm) {
  // Exponential intervals: quartiles ln(4/3), ln 2, ln 4 of the mean; MAD / median = 0.4812 /
  // 0.6931.
  const double lower = std::log(4.0 / 3), middle = std::log(2.0), upper = std::log(4.0);
  const double bowley = (lower + upper - 2 * middle) / (upper - lower);
  const double expected = 0.5 * ((1 - bowley) + (1 - 0.4812 / middle));
  double mean = 0;
  constexpr int kSeeds = 50;
  for (int seed = 0; seed < kSeeds; ++seed)
    mean += interval_statistics(poisson(0.02, 50'000, static_cast<std::uint64_t>(seed))).score;
  EXPECT_NEAR(mean / kSeeds, expected, 0.01);
}

TEST(Intervals, TakeWhatIsOpenedTogetherAsOneDecision) {
  const std::vector<std::uint64_t> times{0, 10, 400, 5000, 5100, 9000};
  EXPECT_EQ(burst_starts(times, 1000), (std::vector<std::uint64_t>{0, 5000, 9000}));
}

TEST(Spectrum, NamesThePeriodOfAJitteredBeacon) {
  // The jitter is about the clock, as of a cron job that starts late by up to 6 s.
  std::mt19937_64 random(3);
  std::uniform_int_distribution<std::uint64_t> late(0, 6000);
  std::vector<std::uint64_t> times;
  for (std::uint64_t call = 0; call < 500; ++call)
    times.push_back(kStart + call * 60'000 + late(random));
  const auto line = strongest_line(times);
  ASSERT_TRUE(line.valid);
  EXPECT_LT(line.false_alarm, 1e-9);
  EXPECT_NEAR(line.period, 60, 0.5);
}

TEST(Spectrum, StillSeesTheClockThroughSamplingOfOneInAHundred) {
  // 4-packet exchanges every 60 s for a day, each packet seen with 1 %: about 57 points.
  int seen = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    std::mt19937_64 random(seed);
    std::vector<std::uint64_t> times;
    for (std::uint64_t call = 0; call < 1440; ++call)
      for (int packet = 0; packet < 4; ++packet)
        if (random() % 100 == 0) times.push_back(kStart + call * 60'000);
    if (times.size() >= kLeastSpectralEvents && strongest_line(times).false_alarm < 1e-3) ++seen;
  }
  EXPECT_GE(seen, 18);
}

TEST(Spectrum, AlarmsFalselyAboutAsOftenAsItSays) {
  constexpr int kSeeds = 400;
  int alarms = 0;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed)
    if (strongest_line(poisson(0.05, 6000, seed)).false_alarm < 0.05) ++alarms;
  // 20 expected; the test is a large-sample one and may be a little off, never wildly.
  EXPECT_LE(alarms, 40);
  EXPECT_GE(alarms, 4);
}

TEST(Spectrum, IsNotAlarmedByTheHabitsOfADay) {
  // Bursts of activity by day, none by night: strongly red, and without a clock.
  int alarms = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    std::mt19937_64 random(seed);
    std::exponential_distribution<double> wait(1.0 / 900), within(1.0 / 20);
    std::vector<std::uint64_t> times;
    for (double now = wait(random); now < 30'000; now += wait(random)) {
      double at = now;
      for (auto left = random() % 8; left > 0; --left, at += within(random))
        times.push_back(kStart + static_cast<std::uint64_t>(at * 1000));
    }
    std::ranges::sort(times);
    if (times.size() >= kLeastSpectralEvents && strongest_line(times).false_alarm < 1e-3) ++alarms;
  }
  EXPECT_LE(alarms, 2);
}

TEST(Spectrum, SaysNothingOfTooFewEvents) {
  EXPECT_FALSE(strongest_line(periodic(10, 60, 0, 1)).valid);
  EXPECT_FALSE(strongest_line(std::vector<std::uint64_t>(50, kStart)).valid);
}

TEST(TemporalEvidence, GrowsWithTheNumberOfEvents) {
  double before = 0;
  for (const std::size_t events : {8UL, 20UL, 100UL}) {
    const auto finding = temporal_evidence(contact_with(periodic(events, 60, 0.05, 9)), View{});
    ASSERT_EQ(finding.evidence.size(), 1u) << events;
    EXPECT_GT(finding.evidence[0].log_likelihood_ratio, before) << events;
    before = finding.evidence[0].log_likelihood_ratio;
  }
  EXPECT_LE(before, 3.0);
}

TEST(TemporalEvidence, IsRareForPoissonSeries) {
  int found = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed)
    if (!temporal_evidence(contact_with(poisson(0.01, 10'000, seed)), View{}).evidence.empty())
      ++found;
  EXPECT_LE(found, 6);
}

TEST(TemporalEvidence, IsExplicitlyNoneWhereItCannotBeJudged) {
  const auto times = periodic(200, 60, 0, 1);
  EXPECT_EQ(temporal_evidence(contact_with(times, 1000), View{}).not_judged, "sampling_too_coarse");
  EXPECT_EQ(temporal_evidence(contact_with(times, 0), View{}).not_judged, "sampling_unknown");
  EXPECT_EQ(temporal_evidence(contact_with(periodic(4, 60, 0, 1)), View{}).not_judged,
            "too_few_events");
}

TEST(TemporalEvidence, UsesOnlyTheSpectrumWhereSamplingIsCoarserThanOneInTen) {
  const auto finding = temporal_evidence(contact_with(periodic(200, 60, 0, 1), 50), View{});
  ASSERT_EQ(finding.evidence.size(), 1u);
  EXPECT_EQ(finding.evidence[0].code, "spectral_line");
}

TEST(TemporalEvidence, CountsAnExportersTimeoutForNothing) {
  auto contact = contact_with(periodic(200, 120, 0, 1));
  for (auto& event : contact.events) event.continued = true;
  const std::vector<LearntTimeout> timeouts{{IpAddress(), 60'000, 100}};
  const auto finding = temporal_evidence(contact, {.timeouts = timeouts});
  EXPECT_TRUE(finding.evidence.empty());
  EXPECT_EQ(finding.not_judged, "exporter_timeout");
  // The same period made of new connections is the client's own doing.
  for (auto& event : contact.events) event.continued = false;
  EXPECT_FALSE(temporal_evidence(contact, {.timeouts = timeouts}).evidence.empty());
}

/// A connection that something is said on at random, as an exporter cuts it into pieces.
Contact cut_at_random(std::uint64_t seed, double mean, double active, double idle) {
  std::mt19937_64 random(seed);
  std::exponential_distribution<double> wait(1.0 / mean);
  Contact contact = contact_with({kStart});
  contact.events.clear();
  double begin = 0;
  double last = 0;
  const auto end_piece = [&] {
    contact.events.push_back({.time = kStart + static_cast<std::uint64_t>(begin * 1000),
                              .duration = static_cast<std::uint64_t>((last - begin) * 1000),
                              .continued = !contact.events.empty()});
  };
  for (double now = wait(random); now < 6 * 3600; now += wait(random)) {
    if (now - last > idle || now - begin > active) {
      end_piece();
      begin = now;
    }
    last = now;
  }
  end_piece();
  contact.events_seen = contact.events.size();
  return contact;
}

TEST(TemporalEvidence, IsRareForIdleConnectionsThatAnExporterCuts) {
  for (const double active : {60.0, 120.0, 300.0})
    for (const double idle : {15.0, 60.0})
      for (const double mean : {10.0, 40.0, 200.0}) {
        int found = 0;
        for (std::uint64_t seed = 0; seed < 100; ++seed) {
          const auto contact = cut_at_random(seed, mean, active, idle);
          if (!temporal_evidence(contact, View{}).evidence.empty()) ++found;
        }
        EXPECT_LE(found, 2) << active << " " << idle << " " << mean;
      }
}

TEST(TemporalEvidence, FindsTheClockOfAKeepAliveThroughTheCuts) {
  for (const double jitter : {0.0, 0.05}) {
    auto contact = contact_with(periodic(200, 60, jitter, 3));
    for (auto& event : contact.events) event.continued = true;
    const auto finding = temporal_evidence(contact, View{});
    ASSERT_EQ(finding.evidence.size(), 1u) << jitter;
    EXPECT_GT(finding.evidence[0].log_likelihood_ratio, 2) << jitter;
  }
}

TEST(CommonLineEvidence, CountsAnExportersTimeoutForNothing) {
  std::vector<Contact> contacts;
  for (std::uint64_t client = 0; client < 10; ++client) {
    auto times = periodic(100, 120, 0, client);
    for (auto& time : times) time += client * 7919;
    contacts.push_back(contact_with(times, 100));
  }
  std::vector<const Contact*> all;
  for (const auto& contact : contacts) all.push_back(&contact);
  const std::vector<LearntTimeout> timeouts{{IpAddress(), 60'000, 100}};
  const auto own = common_line_evidence(all, {.timeouts = timeouts});
  ASSERT_EQ(own.evidence.size(), 1u);
  EXPECT_EQ(own.evidence[0].code, "common_line");
  // Long idle connections, cut by the exporter: the pieces come as it pleases.
  for (auto& contact : contacts)
    for (auto& event : contact.events) event.continued = true;
  const auto cut = common_line_evidence(all, {.timeouts = timeouts});
  EXPECT_TRUE(cut.evidence.empty());
  EXPECT_EQ(cut.not_judged, "exporter_timeout");
  contacts.front().sampling_rate = 0;
  EXPECT_EQ(common_line_evidence(all, {.timeouts = timeouts}).not_judged, "sampling_unknown");
}

}  // namespace
}  // namespace noroshi
