// How long a pass of the judge over a stored day takes, and how much memory: contacts as a provider
// has them (popular services, the long tail, a scan, a botnet), read through the guard from the
// embedded engine. NOROSHI_CONTACTS says how many; else a million. The table of how memory grows is
// made by asking for 100,000, 1,000,000 and 10,000,000.

#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <vector>

#include "base/folder_for_test.h"
#include "guard/guard_for_test.h"
#include "pipeline/granted_contacts.h"
#include "pipeline/judged_window.h"
#include "store/embedded/embedded_engine.h"
#include "store/history.h"

namespace noroshi {
namespace {

constexpr std::uint64_t kFirstHour = 498'000;
constexpr std::uint64_t kHours = 24;
constexpr std::uint64_t kHour = 3'600'000;

double resident_mebibytes() {
  double pages = 0;
  double resident = 0;
  if (auto* file = std::fopen("/proc/self/statm", "r"); file != nullptr) {
    if (std::fscanf(file, "%lf %lf", &pages, &resident) != 2) resident = 0;
    std::fclose(file);
  }
  return resident * 4096 / (1 << 20);
}
double peak_mebibytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

std::uint64_t contacts_wanted() {
  const char* stated = std::getenv("NOROSHI_CONTACTS");
  return stated == nullptr ? 1'000'000 : std::strtoull(stated, nullptr, 10);
}

Contact contact_of(std::mt19937_64& random, std::uint64_t hour, std::uint32_t lines) {
  const auto below = [&](std::uint64_t limit) {
    return static_cast<std::uint32_t>(random() % limit);
  };
  Contact contact;
  const auto line = below(lines);
  contact.client = IpAddress::from_v4(0x64400000 + line).marked();
  const bool bot = line % 2000 == 0;
  const auto kind = below(100);
  std::uint32_t events = 1 + below(6);
  if (bot && kind < 70) {
    contact.server = {IpAddress::from_v4(0xcb000000 + below(1 << 24)), Port{23}, kTcp};
    events = 1;
  } else if (bot) {
    contact.server = {IpAddress::from_v4(0xc6336400 + line / 2000 % 8), Port{48'101}, kTcp};
    events = 30;
  } else if (kind < 60) {
    // Popular: Zipf-like over two thousand services.
    const auto rank =
        static_cast<std::uint32_t>(std::pow(2000.0, below(1 << 20) / double{1 << 20}));
    contact.server = {IpAddress::from_v4(0x0d000000 + rank), Port{443}, kTcp};
  } else if (kind < 75) {
    contact.server = {IpAddress::from_v4(0x08080800 + below(8)), Port{53}, kUdp};
    events = 20;
  } else {
    const auto port = static_cast<std::uint16_t>(kind < 90 ? 443 : 1024 + below(60'000));
    contact.server = {IpAddress::from_v4(0x2d000000 + below(400'000)), Port{port}, kTcp};
  }
  const bool silent = contact.server.port.value == 23;
  contact.sampling_rate = 1;
  contact.flows = contact.connections = contact.events_seen = events;
  contact.answered = silent ? 0 : events;
  contact.packets_up = events * 5;
  contact.bytes_up = events * 700;
  contact.packets_down = silent ? 0 : events * 6;
  contact.bytes_down = silent ? 0 : events * 4000;
  contact.tcp_flags_up = 0x1b;
  contact.tcp_flags_down = silent ? std::uint8_t{0} : std::uint8_t{0x1b};
  contact.first = hour * kHour + below(kHour / 2);
  for (std::uint32_t at = 0; at < events; ++at)
    contact.events.push_back({.time = contact.first + at * (kHour / 2 / events),
                              .duration = 300,
                              .packets_up = 5,
                              .bytes_up = 600 + below(200),
                              .packets_down = silent ? 0u : 6u,
                              .bytes_down = silent ? 0u : 4000u,
                              .answered = !silent});
  contact.last = contact.latest_event = contact.events.back().time;
  contact.active_hours = {{hour, random()}};
  return contact;
}

struct Stored {
  for_test::Folder folder;
  for_test::GuardForTest guard;
  std::unique_ptr<History> history;
  std::uint64_t contacts = 0;

  Stored() {
    EmbeddedEngine::Config config;
    config.path = folder.path();
    config.question_threads = 2;
    auto engine = EmbeddedEngine::open(config);
    if (!engine) fail(engine.error());
    auto opened = History::open(std::move(*engine));
    if (!opened) fail(opened.error());
    history = std::move(*opened);
    std::mt19937_64 random(1);
    const auto wanted = contacts_wanted();
    const auto lines = static_cast<std::uint32_t>(std::max<std::uint64_t>(wanted / 100, 200));
    BatchId batch = 0;
    for (std::uint64_t hour = kFirstHour; hour < kFirstHour + kHours; ++hour)
      for (std::uint64_t left = wanted / kHours; left > 0;) {
        std::vector<Contact> part;
        for (; left > 0 && part.size() < 50'000; --left)
          part.push_back(contact_of(random, hour, lines));
        contacts += part.size();
        if (auto done = history->insert_contacts(0, ++batch, hour, part); !done) fail(done.error());
      }
  }

  [[noreturn]] static void fail(const Error& error) {
    std::fprintf(stderr, "%s\n", error.message.c_str());
    std::exit(1);
  }
};

/// Made at the first use; main() takes it down, because the engine must close before the process
/// exits.
std::unique_ptr<Stored>& holder() {
  static std::unique_ptr<Stored> stored;
  return stored;
}

void judge_a_day(benchmark::State& state) {
  if (!holder()) holder() = std::make_unique<Stored>();
  auto& stored = *holder();
  const auto before = resident_mebibytes();
  WindowOrder order;
  order.from = kFirstHour;
  order.to = kFirstHour + kHours;
  order.local = {Prefix::parse("100.64.0.0/10").value()};
  const auto read =
      granted_contacts(*stored.history, stored.guard.guard(), for_test::GuardForTest::access());
  for (auto _ : state) {
    const auto window = judge_window(order, read);
    if (!window) Stored::fail(window.error());
    state.counters["judged"] = static_cast<double>(window->statistics.contacts_judged);
    state.counters["servers"] = static_cast<double>(window->statistics.sieve.servers);
    state.counters["too_popular"] =
        static_cast<double>(window->statistics.sieve.servers_too_popular);
    state.counters["in_passing"] =
        static_cast<double>(window->statistics.sieve.servers_called_in_passing);
    state.counters["verdicts"] = static_cast<double>(window->judgement.verdicts.size());
    state.counters["infected"] = static_cast<double>(window->judgement.infected.size());
  }
  state.counters["contacts"] = static_cast<double>(stored.contacts);
  state.counters["resident_before_MiB"] = before;
  state.counters["peak_MiB"] = peak_mebibytes();
}
BENCHMARK(judge_a_day)->Iterations(1)->Unit(benchmark::kSecond)->MeasureProcessCPUTime();

}  // namespace
}  // namespace noroshi

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  noroshi::holder().reset();
  return 0;
}
