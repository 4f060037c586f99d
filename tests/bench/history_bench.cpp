// How fast rows go into the history, how much disk they take, and how fast it answers: rows of a
// simulated provider, as its routers export them and enrichment completes them. One thread asks and
// one core answers; bytes are those of the engine's parts after the inserts.

#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

#include "base/folder_for_test.h"
#include "guard/guard_for_test.h"
#include "simulate/provider.h"
#include "store/embedded/embedded_engine.h"
#include "store/history.h"

namespace noroshi {
namespace {

constexpr std::size_t kRowsOfABatch = 400'000;
constexpr std::uint64_t kHour = 3'600'000;

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// Some hundred networks, each with its AS number and country, as enrichment would tell them.
std::uint32_t as_of(const IpAddress& address) {
  return static_cast<std::uint32_t>(mix(address.low() >> 16, 1) % 700 + 64'000);
}
std::uint16_t country_of(const IpAddress& address) {
  return static_cast<std::uint16_t>(0x4141 + mix(address.low() >> 16, 2) % 24);
}

/// What a provider's router exports, in batches of one hour.
std::vector<FlowBatch> simulated_hour() {
  simulate::Scenario scenario;
  scenario.subscribers = 8'000;
  scenario.infected = 40;
  scenario.duration = std::chrono::minutes(59);
  simulate::Provider provider(scenario);
  const auto hour = History::hour_of(to_unix_milliseconds(scenario.start));
  std::vector<FlowBatch> batches;
  batches.emplace_back(kRowsOfABatch);
  while (provider.advance()) {
    const auto& rows = provider.rows(simulate::ExportProtocol::kNetflow9);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (History::hour_of(rows.last()[i]) != hour) continue;
      if (batches.back().size() == kRowsOfABatch) batches.emplace_back(kRowsOfABatch);
      auto& batch = batches.back();
      batch.append_row(rows, i);
      const auto row = batch.size() - 1;
      batch.mutable_received()[row] = to_unix_milliseconds(provider.now());
      batch.mutable_exporter()[row] = IpAddress::from_v4(0xc0000201);
      batch.mutable_source_as()[row] = as_of(batch.source_address()[row]);
      batch.mutable_destination_as()[row] = as_of(batch.destination_address()[row]);
      batch.mutable_source_country()[row] = country_of(batch.source_address()[row]);
      batch.mutable_destination_country()[row] = country_of(batch.destination_address()[row]);
    }
  }
  return batches;
}

void move_by_hours(FlowBatch& batch, std::uint64_t hours) {
  for (auto& time : batch.mutable_first()) time += time == 0 ? 0 : hours * kHour;
  for (auto& time : batch.mutable_last()) time += hours * kHour;
  for (auto& time : batch.mutable_received()) time += hours * kHour;
}

/// The history that all benchmarks ask: 10 million rows, inserted while the clock runs.
struct Stored {
  for_test::Folder folder;
  for_test::GuardForTest guard;
  std::unique_ptr<History> history;
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
  double cpu = 0;
  double wall = 0;

  static constexpr std::uint64_t kRows = 10'000'000;

  Stored() {
    EmbeddedEngine::Config config;
    config.path = folder.path();
    config.question_threads = 1;
    auto engine = EmbeddedEngine::open(config);
    if (!engine) fail(engine.error());
    auto opened = History::open(std::move(*engine));
    if (!opened) fail(opened.error());
    history = std::move(*opened);
    auto batches = simulated_hour();
    BatchId number = 0;
    for (std::uint64_t hour = 0; rows < kRows; ++hour) {
      for (auto& batch : batches) {
        if (hour > 0) move_by_hours(batch, 1);
        const auto cpu_before = cpu_seconds();
        const auto before = std::chrono::steady_clock::now();
        if (auto inserted = history->insert(0, ++number, batch); !inserted) fail(inserted.error());
        wall += std::chrono::duration<double>(std::chrono::steady_clock::now() - before).count();
        cpu += cpu_seconds() - cpu_before;
        rows += batch.size();
      }
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
Stored& stored() {
  if (!holder()) holder() = std::make_unique<Stored>();
  return *holder();
}

void insert_rows(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(stored().rows);
  const auto rows = static_cast<double>(stored().rows);
  state.counters["rows_per_second"] = rows / stored().wall;
  state.counters["rows_per_CPU_second"] = rows / stored().cpu;
  state.counters["rows"] = rows;
}
BENCHMARK(insert_rows)->Iterations(1);

void ask(benchmark::State& state, Element element, Order order) {
  GroupQuestion question;
  question.keys = {{.element = element}};
  question.order = order;
  for (auto _ : state) {
    const auto answer = stored().history->ask(stored().guard.grant(question));
    if (!answer) Stored::fail(answer.error());
    state.counters["groups"] = static_cast<double>(answer->groups);
  }
}
BENCHMARK_CAPTURE(ask, top_source_address_by_bytes, Element::kSourceAddress, Order::kBytes)
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime();
BENCHMARK_CAPTURE(ask, top_destination_address_by_flows, Element::kDestinationAddress,
                  Order::kFlows)
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime();
BENCHMARK_CAPTURE(ask, top_address_by_bytes, Element::kAnyAddress, Order::kBytes)
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime();
BENCHMARK_CAPTURE(ask, top_destination_port_by_packets, Element::kDestinationPort, Order::kPackets)
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime();

}  // namespace
}  // namespace noroshi

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  noroshi::holder().reset();
  return 0;
}
