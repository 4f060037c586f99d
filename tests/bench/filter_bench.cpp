// How many rows a second one core asks a condition of: batches of 8,192 rows, as decoders make
// them, of which few pass.

#include <benchmark/benchmark.h>

#include <array>
#include <random>
#include <string>
#include <vector>

#include "filter/evaluate.h"
#include "filter/parse.h"

namespace noroshi {
namespace {

constexpr std::size_t kRows = 8'192;
constexpr std::size_t kBatches = 16;

std::vector<FlowBatch> make_batches() {
  std::mt19937 random(7);
  const auto below = [&](std::uint32_t bound) {
    return static_cast<std::uint32_t>(random()) % bound;
  };
  const auto address = [&] {
    if (below(4) != 0) return IpAddress::from_v4(0x0a000000 + below(0xd0000000));
    std::array<std::byte, 16> bytes{std::byte{0x20}, std::byte{0x01}, std::byte{0x0d},
                                    std::byte{0xb8}};
    for (std::size_t i = 4; i < 16; ++i) bytes[i] = static_cast<std::byte>(below(256));
    return IpAddress::from_bytes(bytes);
  };
  constexpr std::uint16_t kPorts[] = {23, 53, 80, 443, 443, 443, 123, 22};
  std::vector<FlowBatch> batches;
  for (std::size_t i = 0; i < kBatches; ++i) {
    FlowBatch batch(kRows);
    batch.append(kRows);
    for (std::size_t row = 0; row < kRows; ++row) {
      batch.mutable_source_address()[row] = address();
      batch.mutable_destination_address()[row] = address();
      batch.mutable_source_port()[row] = static_cast<std::uint16_t>(below(65'536));
      batch.mutable_destination_port()[row] = kPorts[below(8)];
      batch.mutable_protocol()[row] = below(3) == 0 ? 17 : 6;
      batch.mutable_tcp_flags()[row] = static_cast<std::uint8_t>(below(32));
      batch.mutable_packets()[row] = 1 + below(100);
      batch.mutable_bytes()[row] = 40 * (1 + below(10'000));
      batch.mutable_first()[row] = 1'793'613'661'000 + below(60'000);
      batch.mutable_last()[row] = batch.first()[row] + below(60'000);
    }
    batches.push_back(std::move(batch));
  }
  return batches;
}

FilterVocabulary make_vocabulary() {
  std::mt19937 random(11);
  FilterVocabulary words;
  auto& prefixes = words.tags["five-thousand"];
  for (int i = 0; i < 5'000; ++i) {
    const bool v6 = i % 4 == 0;
    const auto bits = static_cast<std::uint32_t>(random());
    prefixes.push_back(
        v6 ? *Prefix::parse("2001:db8:" + std::to_string(bits % 9'000) + "::/48")
           : *Prefix::parse(IpAddress::from_v4(0x0a000000 + bits % 0xd0000000).to_string() +
                            "/24"));
  }
  return words;
}

void ask(benchmark::State& state, const std::string& filter) {
  const auto batches = make_batches();
  Evaluator evaluator(*parse_filter(filter, make_vocabulary(), {}));
  std::size_t next = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(evaluator.evaluate(batches[next]).data());
    next = next + 1 == kBatches ? 0 : next + 1;
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kRows));
}

std::string thousand_addresses() {
  std::string filter = "ip 192.0.2.1";
  for (int i = 0; i < 1'000; ++i)
    filter += " or ip 198.18." + std::to_string(i / 250) + "." + std::to_string(i % 250);
  return filter;
}

BENCHMARK_CAPTURE(ask, port_and_protocol, "proto tcp and dst port 23");
BENCHMARK_CAPTURE(ask, either_port_and_flags, "port 80 and flags S and not flags AFRPU");
BENCHMARK_CAPTURE(ask, two_networks, "src net 192.0.2.0/24 or dst net 2001:db8::/32");
BENCHMARK_CAPTURE(ask, rates, "bps > 10m and bpp < 100");
BENCHMARK_CAPTURE(ask, list_of_ports, "dst port in [22 23 80 2323 5555 7547 8080]");
BENCHMARK_CAPTURE(ask, tag_of_5000_prefixes, "src tag five-thousand");
BENCHMARK_CAPTURE(ask, tag_after_port, "dst port 23 and tag five-thousand");
BENCHMARK_CAPTURE(ask, thousand_addresses_in_a_chain, thousand_addresses());

}  // namespace
}  // namespace noroshi
