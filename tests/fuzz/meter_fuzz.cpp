// Bytes → a sequence of packets → the meter. Whatever comes, no packet and no byte is lost or
// counted twice, the table keeps its bound, and no row outgrows the active timeout.

#include <cstdint>
#include <span>

#include "base/byte_reader.h"
#include "base/check.h"
#include "net/endpoint.h"
#include "record/meter.h"

namespace {

using namespace noroshi;

struct Total {
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
};

/// Few hosts, ports and identifications, so that packets meet in flows; any flags, any times.
PacketHeaders read_packet(ByteReader& reader) {
  PacketHeaders headers;
  const auto ends = reader.read_u8();
  const auto kind = reader.read_u8();
  headers.source_address = IpAddress::from_v4(0xc0000200U + (ends & 3U));
  headers.destination_address = IpAddress::from_v4(0xc0000200U + (ends >> 2 & 3U));
  headers.source_port = ends >> 4 & 3;
  headers.destination_port = ends >> 6 & 3;
  headers.protocol = (kind & 1) != 0 ? kTcp.value : kUdp.value;
  headers.vlan = kind >> 1 & 1;
  headers.fragment_id = kind >> 2 & 7;
  headers.is_fragment = (kind & 0x20) != 0;
  headers.is_later_fragment = headers.is_fragment && (kind & 0x40) != 0;
  headers.has_layer4 = !headers.is_later_fragment;
  headers.tcp_flags = reader.read_u8();
  headers.ip_length = reader.read_u16();
  return headers;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ByteReader reader(std::as_bytes(std::span(data, size)));
  const MeterTimeouts timeouts{.active = std::chrono::milliseconds(reader.read_u16()),
                               .idle = std::chrono::milliseconds(reader.read_u16())};
  const std::size_t most_flows = 1 + reader.read_u8() % 16;
  Meter meter(timeouts, most_flows, reader.read_u64());
  FlowBatch rows(16);
  Total in;
  Total out;
  const auto take = [&] {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto packets = rows.packets()[i] + rows.reverse_packets()[i];
      CHECK(packets > 0);
      out.packets += packets;
      out.bytes += rows.bytes()[i] + rows.reverse_bytes()[i];
      CHECK(rows.first()[i] <= rows.last()[i]);
      const auto span = rows.last()[i] - rows.first()[i];
      CHECK(span == 0 || span < static_cast<std::uint64_t>(timeouts.active.count()));
    }
    rows.clear();
  };

  std::chrono::milliseconds now{1'000'000};
  while (!reader.at_end()) {
    const auto headers = read_packet(reader);
    now += std::chrono::milliseconds(static_cast<std::int16_t>(reader.read_u16()));
    if (!reader.ok()) break;
    meter.add(headers, now, rows);
    ++in.packets;
    in.bytes += headers.ip_length;
    CHECK(meter.open_flows() <= most_flows);
    take();
  }
  meter.finish(rows);
  take();
  CHECK(meter.open_flows() == 0);
  CHECK(in.packets == out.packets && in.bytes == out.bytes);
  CHECK(in.packets == meter.statistics().packets);
  return 0;
}
