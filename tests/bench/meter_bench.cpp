// Packets per second through the meter, by the number of conversations open at once.

#include <benchmark/benchmark.h>

#include <random>
#include <utility>
#include <vector>

#include "net/endpoint.h"
#include "record/meter.h"

namespace noroshi {
namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;

/// `flows` conversations, each packet of any of them and either way, in an order without pattern.
std::vector<PacketHeaders> packets_of(std::size_t flows) {
  std::mt19937_64 random(1);
  std::vector<PacketHeaders> packets(1 << 20);
  for (auto& headers : packets) {
    const auto flow = static_cast<std::uint32_t>(random() % flows);
    headers.source_address = IpAddress::from_v4(0x0a000000U + flow);
    headers.destination_address = IpAddress::from_v4(0xc0000200U + flow % 256);
    headers.source_port = static_cast<std::uint16_t>(1024 + flow % 50'000);
    headers.destination_port = 443;
    headers.protocol = kTcp.value;
    headers.tcp_flags = kTcpAck;
    headers.has_layer4 = true;
    headers.ip_length = 40 + static_cast<std::uint32_t>(random() % 1460);
    if (random() % 2 == 0) {
      std::swap(headers.source_address, headers.destination_address);
      std::swap(headers.source_port, headers.destination_port);
    }
  }
  return packets;
}

/// Every flow stays open: the cost of finding and counting.
void count_into_open_flows(benchmark::State& state) {
  const auto packets = packets_of(static_cast<std::size_t>(state.range(0)));
  Meter meter({.active = std::chrono::hours(1'000'000), .idle = std::chrono::hours(1'000'000)},
              1'000'000, 1);
  FlowBatch rows;
  nanoseconds now = seconds(1'700'000'000);
  for (const auto& headers : packets) meter.add(headers, now += nanoseconds(1000), rows);
  for (auto _ : state)
    for (const auto& headers : packets) meter.add(headers, now += nanoseconds(1000), rows);
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(packets.size()));
  state.counters["open_flows"] = static_cast<double>(meter.open_flows());
}
BENCHMARK(count_into_open_flows)->Arg(100)->Arg(100'000)->Arg(1'000'000);

/// The table is full and every packet is of a new flow, as in a flood from spoofed sources: each
/// evicts a flow and makes its row.
void evict_in_a_flood(benchmark::State& state) {
  const auto most_flows = static_cast<std::size_t>(state.range(0));
  Meter meter({.active = seconds(300), .idle = seconds(30)}, most_flows, 1);
  FlowBatch rows;
  PacketHeaders headers;
  headers.destination_address = IpAddress::from_v4(0xc0000201);
  headers.destination_port = 80;
  headers.protocol = kTcp.value;
  headers.tcp_flags = kTcpSyn;
  headers.has_layer4 = true;
  headers.ip_length = 40;
  std::uint32_t source = 0;
  nanoseconds now = seconds(1'700'000'000);
  const auto add = [&] {
    headers.source_address = IpAddress::from_v4(++source);
    meter.add(headers, now += nanoseconds(1000), rows);
    if (rows.size() >= 4096) rows.clear();
  };
  for (std::size_t i = 0; i < most_flows; ++i) add();
  for (auto _ : state) add();
  state.SetItemsProcessed(state.iterations());
  state.counters["evictions"] = static_cast<double>(meter.statistics().evictions);
}
BENCHMARK(evict_in_a_flood)->Arg(100'000);

}  // namespace
}  // namespace noroshi
