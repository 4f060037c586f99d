// The input is a capture file. Reading ends, gives no byte twice, and counts what it skips.

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/check.h"
#include "decode/packet/packet_headers.h"
#include "record/memory_stream.h"
#include "record/pcapng.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace noroshi;
  const auto bytes = std::as_bytes(std::span(data, size));
  auto reader = PcapngReader::open(
      Input(std::make_unique<MemoryStream>(std::vector(bytes.begin(), bytes.end()))));
  if (!reader) return 0;
  RecordingStatistics statistics;
  std::uint64_t accounted = 0;
  while (true) {
    const auto packet = (*reader)->next(statistics);
    CHECK(packet.has_value());
    if (!*packet) break;
    CHECK((*packet)->bytes.size() <= PacketSource::kLargestPacket);
    CHECK((*packet)->time.count() >= 0);
    (void)read_packet_headers((*packet)->link, (*packet)->bytes);
    accounted += (*packet)->bytes.size() + 16;
  }
  const auto skipped = statistics.damage.find("skipped_bytes");
  if (skipped != statistics.damage.end()) accounted += skipped->second;
  CHECK(accounted <= size);
  CHECK((*reader)->input().position() == size);
  return 0;
}
