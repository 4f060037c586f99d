// The input is one datagram; it is decoded twice, so that sequence numbers are followed too. Every
// row is counted, and nothing is exported that no sample could say.

#include <cstdint>
#include <span>
#include <vector>

#include "base/check.h"
#include "decode/sflow5/sflow5.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace noroshi;
  const auto bytes = std::as_bytes(std::span(data, size));
  const std::vector<std::byte> payload(bytes.begin(), bytes.end());
  Sflow5Decoder decoder(2);
  FlowBatch batch(8);
  DecodeStatistics statistics;
  const Datagram datagram{.exporter = {}, .exporter_port = {}, .received = {}, .payload = payload};
  const bool decoded = decoder.decode(datagram, batch, statistics);
  const auto rows = batch.size();
  CHECK(rows <= Sflow5Decoder::kMostSamples && rows == statistics.flows);
  CHECK(decoded == (statistics.datagrams == 1));
  CHECK(decoder.decode(datagram, batch, statistics) == decoded);
  CHECK(batch.size() == 2 * rows);
  for (std::size_t row = 0; row < batch.size(); ++row) {
    CHECK(batch.packets()[row] == 1);
    CHECK(batch.vlan()[row] < 4096);
  }
  return 0;
}
