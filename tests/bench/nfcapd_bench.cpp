// Reading nfcapd files from memory: records per second, uncompressed and LZ4, both layouts.

#include <benchmark/benchmark.h>

#include <memory>

#include "base/check.h"
#include "encode/nfcapd.h"
#include "record/memory_stream.h"
#include "record/nfcapd.h"

namespace noroshi {
namespace {

constexpr std::size_t kFlows = 500'000;

std::vector<std::byte> file_of(NfcapdLayout layout, NfcapdCompression compression) {
  FlowBatch batch;
  batch.append(kFlows);
  std::uint32_t state = 1;
  const auto next = [&] { return state = state * 1664525u + 1013904223u; };
  for (std::size_t row = 0; row < kFlows; ++row) {
    batch.mutable_first()[row] = 1'700'000'000'000 + row;
    batch.mutable_last()[row] = batch.first()[row] + next() % 60'000;
    batch.mutable_received()[row] = batch.last()[row] + 1000;
    batch.mutable_source_address()[row] = IpAddress::from_v4(next());
    batch.mutable_destination_address()[row] = IpAddress::from_v4(next());
    batch.mutable_source_port()[row] = static_cast<std::uint16_t>(next() >> 16);
    batch.mutable_destination_port()[row] = 443;
    batch.mutable_protocol()[row] = 6;
    batch.mutable_tcp_flags()[row] = 0x1b;
    batch.mutable_packets()[row] = 1 + (next() >> 24);
    batch.mutable_bytes()[row] = batch.packets()[row] * 600;
    batch.mutable_input_interface()[row] = 3;
    batch.mutable_output_interface()[row] = 4;
    batch.mutable_source_as()[row] = 64500;
    batch.mutable_destination_as()[row] = 64501;
    batch.mutable_next_hop()[row] = IpAddress::from_v4(0xc00002fe);
    batch.mutable_exporter()[row] = IpAddress::from_v4(0xc0000201);
  }
  NfcapdWriter::Config config;
  config.layout = layout;
  config.compression = compression;
  auto writer = NfcapdWriter::create(config);
  writer->add(batch);
  return writer->finish();
}

void read_nfcapd(benchmark::State& state, NfcapdLayout layout, NfcapdCompression compression) {
  const auto file = file_of(layout, compression);
  FlowBatch batch;
  for (auto _ : state) {
    auto recording = kNfcapd.open(Input(std::make_unique<MemoryStream>(file)), RecordingOptions{});
    std::size_t rows = 0;
    while (*(*recording)->read(batch)) rows += batch.size();
    CHECK(rows == kFlows);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kFlows));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(file.size()));
}

BENCHMARK_CAPTURE(read_nfcapd, 17_none, NfcapdLayout::k17, NfcapdCompression::kNone);
BENCHMARK_CAPTURE(read_nfcapd, 17_lz4, NfcapdLayout::k17, NfcapdCompression::kLz4);
BENCHMARK_CAPTURE(read_nfcapd, 17_lzo, NfcapdLayout::k17, NfcapdCompression::kLzo);
BENCHMARK_CAPTURE(read_nfcapd, 16_none, NfcapdLayout::k16, NfcapdCompression::kNone);
BENCHMARK_CAPTURE(read_nfcapd, 16_lz4, NfcapdLayout::k16, NfcapdCompression::kLz4);

}  // namespace
}  // namespace noroshi
