#include "record/capture.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "base/byte_writer.h"
#include "record/capture_files_for_test.h"

namespace noroshi {
namespace {

using Bytes = std::vector<std::byte>;

constexpr std::uint32_t kNow = 1'700'000'000;
constexpr std::uint32_t kRouter = 0xc0000201;     // 192.0.2.1
constexpr std::uint32_t kCollector = 0xc6336402;  // 198.51.100.2

/// NetFlow v5 of `count` records of one packet and 100 octets each.
Bytes netflow5(std::uint16_t count, std::uint32_t sequence = 0) {
  ByteWriter writer;
  writer.write_u16(5);
  writer.write_u16(count);
  writer.write_u32(1000);
  writer.write_u32(kNow);
  writer.write_u32(0);
  writer.write_u32(sequence);
  writer.write_u32(0);
  for (std::uint16_t i = 0; i < count; ++i) {
    writer.write_u32(0xcb007101);
    writer.write_u32(0xcb007102);
    writer.write_zeros(8);
    writer.write_u32(1);
    writer.write_u32(100);
    writer.write_u32(500);
    writer.write_u32(600);
    writer.write_u32(40'000u << 16 | 80);
    writer.write_u16(6);
    writer.write_zeros(10);
  }
  return writer.take();
}

/// A UDP header, its length that of `length` octets of payload.
Bytes udp(std::uint16_t source_port, std::uint16_t destination_port, const Bytes& payload) {
  ByteWriter writer;
  writer.write_u16(source_port);
  writer.write_u16(destination_port);
  writer.write_u16(static_cast<std::uint16_t>(8 + payload.size()));
  writer.write_u16(0);
  writer.write_bytes(payload);
  return writer.take();
}

Bytes ipv4(std::uint8_t protocol, std::span<const std::byte> payload, std::uint16_t fragment = 0) {
  ByteWriter writer;
  writer.write_u16(0x4500);
  writer.write_u16(static_cast<std::uint16_t>(20 + payload.size()));
  writer.write_u16(77);
  writer.write_u16(fragment);
  writer.write_u8(64);
  writer.write_u8(protocol);
  writer.write_u16(0);
  writer.write_u32(kRouter);
  writer.write_u32(kCollector);
  writer.write_bytes(payload);
  return writer.take();
}

Bytes export_packet(const Bytes& payload, std::uint16_t source_port = 50'000) {
  return ipv4(17, udp(source_port, 12'345, payload));
}

struct Reading {
  FlowBatch rows;
  RecordingStatistics statistics;
  std::string format;

  std::uint64_t damage(std::string_view reason) const {
    const auto found = statistics.damage.find(reason);
    return found == statistics.damage.end() ? 0 : found->second;
  }
};

Reading read_all(const Bytes& file, const RecordingOptions& options = {}) {
  Reading reading;
  auto recording = open_recording(std::make_unique<MemoryStream>(file), "test.pcap", options);
  EXPECT_TRUE(recording.has_value());
  if (!recording) return reading;
  FlowBatch batch;
  while (true) {
    const auto more = (*recording)->read(batch);
    EXPECT_TRUE(more.has_value());
    if (!more || !*more) break;
    EXPECT_LE(batch.size(), Recording::kRowsPerRead + 64);
    for (std::size_t row = 0; row < batch.size(); ++row) reading.rows.append_row(batch, row);
  }
  reading.statistics = (*recording)->statistics();
  reading.format = (*recording)->format();
  return reading;
}

PcapFile raw_ip() { return PcapFile({.link = 101}); }

TEST(Capture, DecodesWhatExportersSayOnAnyPort) {
  auto file = raw_ip();
  file.packet(kNow, 250'000, export_packet(netflow5(3)), 500);
  const auto reading = read_all(file.take(), {.default_sampling_rate = 64, .meter = {}});
  EXPECT_EQ(reading.format, "pcap");
  ASSERT_EQ(reading.rows.size(), 3u);
  EXPECT_EQ(reading.rows.exporter()[0].to_string(), "192.0.2.1");
  EXPECT_EQ(reading.rows.received()[0], kNow * 1000ull + 250);
  EXPECT_EQ(reading.rows.sampling_rate()[0], 64u);
  EXPECT_EQ(reading.statistics.decode.datagrams, 1u);
  EXPECT_EQ(reading.statistics.decode.flows, 3u);
  EXPECT_EQ(reading.statistics.exporters.size(), 1u);
  EXPECT_EQ(reading.statistics.packets_read, 1u);
}

TEST(Capture, MetersEverythingElse) {
  PcapngFile file;
  file.section(std::endian::little);
  file.interface(228);
  file.enhanced(0, kNow * 1'000'000ull, ipv4(17, udp(5000, 53, Bytes(30))));
  file.enhanced(0, kNow * 1'000'000ull + 1000, ipv4(17, udp(5000, 53, Bytes(10))));
  const auto reading = read_all(file.take());
  EXPECT_EQ(reading.format, "pcapng");
  ASSERT_EQ(reading.rows.size(), 1u);
  EXPECT_EQ(reading.rows.packets()[0], 2u);
  EXPECT_EQ(reading.rows.bytes()[0], 96u);
  EXPECT_EQ(reading.rows.first()[0], kNow * 1000ull);
  EXPECT_EQ(reading.rows.last()[0], kNow * 1000ull + 1);
  EXPECT_EQ(reading.statistics.decode.flows, 1u);
  EXPECT_EQ(reading.statistics.decode.datagrams, 0u);
}

TEST(Capture, NeverMetersWhatAnExporterSendsLater) {
  auto file = raw_ip();
  file.packet(kNow, export_packet(Bytes(40)));  // before it is known
  file.packet(kNow, export_packet(netflow5(1)));
  file.packet(kNow, export_packet(Bytes(40)));
  file.packet(kNow, export_packet(Bytes(40), 50'001));  // another 4-tuple
  const auto reading = read_all(file.take());
  EXPECT_EQ(reading.statistics.decode.of(Undecodable::kUnknownVersion), 1u);
  std::uint64_t metered = 0;
  for (std::size_t row = 0; row < reading.rows.size(); ++row)
    if (reading.rows.destination_port()[row] == 12'345) metered += reading.rows.packets()[row];
  EXPECT_EQ(metered, 2u);
}

TEST(Capture, IgnoresAndCountsPacketsThatAreNotIp) {
  PcapFile file;
  file.packet(kNow, Bytes(60));
  const auto reading = read_all(file.take());
  EXPECT_TRUE(reading.rows.empty());
  EXPECT_EQ(reading.statistics.packets_read, 1u);
  EXPECT_EQ(reading.statistics.packets_ignored, 1u);
}

TEST(Capture, TakesTheOriginalLengthWhereTheIpHeaderStatesNone) {
  auto packet = ipv4(17, udp(1, 2, Bytes(30)));
  packet[2] = packet[3] = std::byte{0};
  auto file = raw_ip();
  file.packet(kNow, 0, packet, 9000);
  const auto reading = read_all(file.take());
  ASSERT_EQ(reading.rows.size(), 1u);
  EXPECT_EQ(reading.rows.bytes()[0], 9000u);
}

/// The fragments of one export datagram, each of at most `size` octets.
std::vector<Bytes> fragments(const Bytes& payload, std::size_t size) {
  const auto whole = udp(50'000, 12'345, payload);
  std::vector<Bytes> packets;
  for (std::size_t at = 0; at < whole.size(); at += size) {
    const auto part = std::span(whole).subspan(at, std::min(size, whole.size() - at));
    const auto more = at + size < whole.size() ? 0x2000u : 0u;
    packets.push_back(ipv4(17, part, static_cast<std::uint16_t>(at / 8 | more)));
  }
  return packets;
}

TEST(Capture, PutsFragmentedExportsTogether) {
  auto file = raw_ip();
  file.packet(kNow, export_packet(netflow5(1)));
  for (const auto& packet : fragments(netflow5(30, 1), 504)) file.packet(kNow, packet);
  const auto reading = read_all(file.take());
  EXPECT_EQ(reading.rows.size(), 31u);
  EXPECT_EQ(reading.statistics.decode.datagrams, 2u);
  EXPECT_EQ(reading.damage("incomplete_export"), 0u);
}

TEST(Capture, CountsAnExportWithAMissingFragmentAndMetersNoneOfIt) {
  auto packets = fragments(netflow5(30), 504);
  ASSERT_EQ(packets.size(), 3u);
  packets.erase(packets.begin() + 1);
  auto file = raw_ip();
  file.packet(kNow, export_packet(netflow5(1)));
  for (const auto& packet : packets) file.packet(kNow, packet);
  const auto reading = read_all(file.take());
  EXPECT_EQ(reading.rows.size(), 1u);
  EXPECT_EQ(reading.damage("incomplete_export"), 1u);
}

TEST(Capture, HandsOutTheLastRowsInPieces) {
  auto file = raw_ip();
  for (std::uint16_t port = 1; port <= 10'000; ++port)
    file.packet(kNow, ipv4(17, udp(port, 53, Bytes(4))));
  const auto reading = read_all(file.take());
  EXPECT_EQ(reading.rows.size(), 10'000u);
  EXPECT_EQ(reading.statistics.decode.flows, 10'000u);
}

TEST(Capture, ReadsWhatABrokenFileStillHolds) {
  auto file = raw_ip();
  file.packet(kNow, export_packet(netflow5(2)));
  file.packet(kNow, export_packet(netflow5(2, 2)));
  auto content = file.take();
  content.resize(content.size() - 1);
  const auto reading = read_all(content);
  EXPECT_EQ(reading.rows.size(), 2u);
  EXPECT_EQ(reading.damage("truncated_packet"), 1u);
}

TEST(Capture, SaysInOneLineWhatIsWrongWithAFileHeader) {
  auto content = raw_ip().take();
  content.resize(20);
  const auto recording = open_recording(std::make_unique<MemoryStream>(content), "cut.pcap", {});
  ASSERT_FALSE(recording.has_value());
  EXPECT_EQ(recording.error().message, "cut.pcap: the pcap file ends within its file header");
}

}  // namespace
}  // namespace noroshi
