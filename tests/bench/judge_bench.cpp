#include <benchmark/benchmark.h>

#include <cstdint>
#include <random>

#include "model/flow_batch.h"
#include "pipeline/analysis.h"
#include "summarise/summariser.h"

namespace noroshi {
namespace {

constexpr std::size_t kRows = 1'000'000;
constexpr std::uint64_t kStart = 1'700'000'000'000;

/// A million bidirectional rows of one hour: `hosts` inside, 20,000 servers outside of unequal
/// popularity, a tenth of the rows one-off destinations as a scanner makes them.
FlowBatch an_hour(std::uint32_t hosts) {
  std::mt19937_64 random(1);
  FlowBatch batch(kRows);
  batch.append(kRows);
  for (std::size_t row = 0; row < kRows; ++row) {
    const bool scan = random() % 10 == 0;
    const auto popularity = random() % 20'000 * (random() % 20'000) / 20'000;
    batch.mutable_kind()[row] = static_cast<std::uint8_t>(FlowKind::kBidirectional);
    batch.mutable_first()[row] = kStart + row * 3600 / 1000;
    batch.mutable_last()[row] = batch.first()[row] + random() % 5000;
    batch.mutable_source_address()[row] =
        IpAddress::from_v4(0x0a000000 + static_cast<std::uint32_t>(scan ? 1 : random() % hosts));
    batch.mutable_destination_address()[row] = IpAddress::from_v4(
        0xc6000000 + static_cast<std::uint32_t>(scan ? 1'000'000 + row : popularity));
    batch.mutable_source_port()[row] = static_cast<std::uint16_t>(1024 + random() % 60'000);
    batch.mutable_destination_port()[row] = scan ? std::uint16_t{23} : std::uint16_t{443};
    batch.mutable_protocol()[row] = kTcp.value;
    batch.mutable_tcp_flags()[row] = scan ? kTcpSyn : std::uint8_t{kTcpSyn | kTcpAck | kTcpFin};
    batch.mutable_reverse_tcp_flags()[row] =
        scan ? std::uint8_t{0} : std::uint8_t{kTcpSyn | kTcpAck | kTcpFin};
    batch.mutable_packets()[row] = scan ? 1 : 8;
    batch.mutable_bytes()[row] = scan ? 40 : 900;
    batch.mutable_reverse_packets()[row] = scan ? 0 : 9;
    batch.mutable_reverse_bytes()[row] = scan ? 0 : 5000;
    batch.mutable_sampling_rate()[row] = 1;
  }
  return batch;
}

void summarise_rows(benchmark::State& state) {
  const auto batch = an_hour(static_cast<std::uint32_t>(state.range(0)));
  for (auto step : state) {
    Summariser summariser({});
    summariser.add(batch);
    benchmark::DoNotOptimize(summariser.finish());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kRows));
}
BENCHMARK(summarise_rows)->Arg(1)->Arg(1000)->Unit(benchmark::kMillisecond);

void judge_contacts_of_rows(benchmark::State& state) {
  Summariser summariser({});
  summariser.add(an_hour(static_cast<std::uint32_t>(state.range(0))));
  const auto summary = summariser.finish();
  for (auto step : state) {
    const auto local = local_side_of(summary.contacts, {});
    benchmark::DoNotOptimize(judge_contacts(summary, local));
  }
  state.counters["contacts"] = static_cast<double>(summary.contacts.size());
}
BENCHMARK(judge_contacts_of_rows)->Arg(1)->Arg(1000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace noroshi
