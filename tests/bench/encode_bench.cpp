// Flows encoded per second, by protocol: build/release/bench/encode_bench
#include <benchmark/benchmark.h>

#include "simulate/exporter.h"
#include "simulate/provider.h"

namespace noroshi::simulate {
namespace {

/// The rows a small provider exports in half an hour: the mixture that encoders really meet.
const FlowBatch& rows_to_encode() {
  static const FlowBatch rows = [] {
    Scenario scenario;
    scenario.subscribers = 200;
    scenario.duration = std::chrono::minutes(30);
    FlowBatch all(65'536);
    Provider provider(scenario);
    while (provider.advance()) {
      const auto& second = provider.rows(ExportProtocol::kNetflow9);
      for (std::size_t row = 0; row < second.size(); ++row) all.append_row(second, row);
    }
    return all;
  }();
  return rows;
}

void encode(benchmark::State& state, ExportProtocol protocol) {
  const auto& rows = rows_to_encode();
  const Scenario scenario;
  const auto encoder = make_encoder(protocol, scenario);
  std::uint64_t octets = 0;
  for (auto _ : state) {
    for (const auto& datagram : encoder->encode(rows, scenario.end())) octets += datagram.size();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(rows.size()));
  state.SetBytesProcessed(static_cast<std::int64_t>(octets));
}
BENCHMARK_CAPTURE(encode, netflow5, ExportProtocol::kNetflow5)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(encode, netflow9, ExportProtocol::kNetflow9)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(encode, ipfix, ExportProtocol::kIpfix)->Unit(benchmark::kMillisecond);

/// Subscriber-hours per second, metering included.
void pass_half_an_hour(benchmark::State& state) {
  Scenario scenario;
  scenario.subscribers = 500;
  scenario.duration = std::chrono::minutes(30);
  for (auto _ : state) {
    Provider provider(scenario);
    while (provider.advance()) benchmark::DoNotOptimize(provider.now());
  }
  state.counters["subscriber_hours"] =
      benchmark::Counter(static_cast<double>(state.iterations()) * scenario.subscribers / 2,
                         benchmark::Counter::kIsRate);
}
BENCHMARK(pass_half_an_hour)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace noroshi::simulate
