// How many flows a second one core decodes, per protocol: full datagrams of about 1,400 octets,
// over and over, from one exporter, into a batch that is cleared when full.

#include <benchmark/benchmark.h>

#include "decode/messages_for_test.h"
#include "encode/sflow5.h"

namespace noroshi {
namespace {

using namespace for_test;

constexpr std::uint16_t kTemplate = 300;

void decode_all(benchmark::State& state, const Bytes& definitions,
                const std::vector<Bytes>& payloads) {
  Decoder decoder({});
  FlowBatch batch;
  decoder.decode(datagram_of(definitions), batch);
  std::size_t next = 0;
  for (auto _ : state) {
    decoder.decode(datagram_of(payloads[next]), batch);
    next = next + 1 == payloads.size() ? 0 : next + 1;
    if (batch.size() > 4096) {
      benchmark::DoNotOptimize(batch.bytes().data());
      batch.clear();
    }
  }
  if (decoder.statistics().flows == 0) state.SkipWithError("nothing was decoded");
  state.SetItemsProcessed(static_cast<std::int64_t>(decoder.statistics().flows));
}

void templated(benchmark::State& state, ExportProtocol protocol, bool with_text) {
  const bool milliseconds = protocol == ExportProtocol::kIpfix;
  auto definition = router_template(milliseconds);
  if (with_text) definition.fields.push_back({kIana, 82, kVariableLength});  // interfaceName
  const auto text = variable(integer(0x657468'30, 4));
  std::vector<Bytes> payloads;
  std::uint32_t flow = 0;
  for (int i = 0; i < 256; ++i) {
    Bytes records;
    while (records.size() < 1'350) {
      const auto record = router_record(milliseconds, flow++);
      records.insert(records.end(), record.begin(), record.end());
      if (with_text) records.insert(records.end(), text.begin(), text.end());
    }
    payloads.push_back(MessageBuilder(protocol).set(kTemplate, records).finish());
  }
  decode_all(state, MessageBuilder(protocol).define(kTemplate, definition).finish(), payloads);
}

void netflow5_30_records(benchmark::State& state) {
  const std::vector<Bytes> payloads(256, netflow5(30, 30, 100));
  decode_all(state, payloads.front(), payloads);
}
void netflow9_19_fields(benchmark::State& state) {
  templated(state, ExportProtocol::kNetflow9, false);
}
void ipfix_19_fields(benchmark::State& state) { templated(state, ExportProtocol::kIpfix, false); }
void ipfix_19_fields_and_a_text(benchmark::State& state) {
  templated(state, ExportProtocol::kIpfix, true);
}

/// Raw Ethernet headers of TCP packets, as switches sample them.
void sflow5_raw_headers(benchmark::State& state) {
  FlowBatch rows(1);
  rows.append(2000);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const auto number = static_cast<std::uint32_t>(row);
    rows.mutable_source_address()[row] = IpAddress::from_v4(0x0a000000 + number);
    rows.mutable_destination_address()[row] = IpAddress::from_v4(0xc0000200 + number % 200);
    rows.mutable_source_port()[row] = static_cast<std::uint16_t>(20'000 + number);
    rows.mutable_destination_port()[row] = 443;
    rows.mutable_protocol()[row] = 6;
    rows.mutable_packets()[row] = 1;
    rows.mutable_bytes()[row] = 900;
    rows.mutable_sampling_rate()[row] = 1000;
  }
  Sflow5Encoder::Config config;
  config.agent = IpAddress::from_v4(0xc0000201);
  Sflow5Encoder encoder(config);
  const auto payloads = encoder.encode(rows, Timestamp(std::chrono::seconds(1'700'000'000)));
  decode_all(state, payloads.front(), payloads);
}

BENCHMARK(netflow5_30_records);
BENCHMARK(netflow9_19_fields);
BENCHMARK(ipfix_19_fields);
BENCHMARK(ipfix_19_fields_and_a_text);
BENCHMARK(sflow5_raw_headers);

}  // namespace
}  // namespace noroshi
