#include "record/pcap.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "record/capture_files_for_test.h"

namespace noroshi {
namespace {

using Bytes = std::vector<std::byte>;

struct Seen {
  std::chrono::nanoseconds time;
  Bytes bytes;
  std::uint32_t original_length;
};

struct Reading {
  std::vector<Seen> packets;
  RecordingStatistics statistics;

  std::uint64_t damage(std::string_view reason) const {
    const auto found = statistics.damage.find(reason);
    return found == statistics.damage.end() ? 0 : found->second;
  }
};

Reading read_all(Bytes file) {
  Reading reading;
  auto reader = PcapReader::open(input_of(std::move(file)));
  EXPECT_TRUE(reader.has_value());
  while (reader) {
    const auto packet = (*reader)->next(reading.statistics);
    EXPECT_TRUE(packet.has_value());
    if (!packet || !*packet) break;
    const auto bytes = (*packet)->bytes;
    reading.packets.push_back(
        {(*packet)->time, Bytes(bytes.begin(), bytes.end()), (*packet)->original_length});
  }
  return reading;
}

constexpr std::uint32_t kNow = 1'700'000'000;

TEST(Pcap, ReadsBothByteOrdersAndBothResolutions) {
  const Bytes bytes(60, std::byte{7});
  for (const auto order : {std::endian::little, std::endian::big}) {
    for (const auto magic : {0xa1b2c3d4u, 0xa1b23c4du, 0xa1b2cd34u}) {
      PcapFile file({.order = order, .magic = magic});
      file.packet(kNow, 123'456, bytes, 1500);
      const auto content = file.take();
      EXPECT_TRUE(PcapReader::recognises(content));
      const auto reading = read_all(content);
      ASSERT_EQ(reading.packets.size(), 1u);
      EXPECT_EQ(reading.packets[0].bytes, bytes);
      EXPECT_EQ(reading.packets[0].original_length, 1500u);
      const std::int64_t fraction = magic == 0xa1b23c4d ? 123'456 : 123'456'000;
      EXPECT_EQ(reading.packets[0].time.count(), kNow * 1'000'000'000LL + fraction);
      EXPECT_TRUE(reading.statistics.damage.empty());
    }
  }
}

TEST(Pcap, PutsSwappedLengthsOfOldVersionsRight) {
  PcapFile file({.minor = 2});
  file.header(kNow, 0, 1500, 60);
  file.bytes(Bytes(60));
  const auto reading = read_all(file.take());
  ASSERT_EQ(reading.packets.size(), 1u);
  EXPECT_EQ(reading.packets[0].bytes.size(), 60u);
  EXPECT_EQ(reading.packets[0].original_length, 1500u);
}

TEST(Pcap, IgnoresTheFrameCheckLengthBesideTheLinkType) {
  PcapFile file({.link = 0x4400'0071});
  file.packet(kNow, Bytes(60));
  auto reader = PcapReader::open(input_of(file.take()));
  RecordingStatistics statistics;
  EXPECT_EQ((**(*reader)->next(statistics)).link, LinkType::kLinuxCooked);
}

TEST(Pcap, CountsALastPacketThatTheFileDoesNotHold) {
  PcapFile file;
  file.packet(kNow, Bytes(60));
  const auto whole = file.size();
  file.packet(kNow, Bytes(600));
  const auto content = file.take();
  for (const std::size_t kept : {whole + 1, whole + 15, whole + 16, content.size() - 1}) {
    const auto reading =
        read_all(Bytes(content.begin(), content.begin() + static_cast<long>(kept)));
    EXPECT_EQ(reading.packets.size(), 1u) << kept;
    EXPECT_EQ(reading.damage("truncated_packet"), 1u) << kept;
  }
}

TEST(Pcap, ReadsOnBehindARecordThatClaimsFourGibibytes) {
  PcapFile file;
  file.packet(kNow, Bytes(60, std::byte{1}));
  file.header(kNow, 0, 0xffff'ffff, 0xffff'ffff);
  file.bytes(Bytes(100, std::byte{0xee}));
  file.packet(kNow + 1, Bytes(60, std::byte{2}));
  file.packet(kNow + 2, Bytes(60, std::byte{3}));
  const auto reading = read_all(file.take());
  ASSERT_EQ(reading.packets.size(), 3u);
  EXPECT_EQ(reading.packets[1].bytes[0], std::byte{2});
  EXPECT_EQ(reading.damage("malformed_packet"), 1u);
  EXPECT_EQ(reading.damage("skipped_bytes"), 116u);
}

TEST(Pcap, ReadsOnBehindALengthThatReachesBeyondTheFile) {
  PcapFile file;
  file.packet(kNow, Bytes(60));
  file.header(kNow, 0, 100'000, 100'000);
  file.bytes(Bytes(50, std::byte{0xee}));
  file.packet(kNow, Bytes(60));
  file.packet(kNow, Bytes(60));
  const auto reading = read_all(file.take());
  EXPECT_EQ(reading.packets.size(), 3u);
  EXPECT_EQ(reading.damage("malformed_packet"), 1u);
  EXPECT_EQ(reading.damage("truncated_packet"), 0u);
}

TEST(Pcap, EndsWhereNothingPlausibleFollows) {
  PcapFile file;
  file.packet(kNow, Bytes(60));
  file.bytes(Bytes(3'000'000, std::byte{0xff}));
  const auto reading = read_all(file.take());
  EXPECT_EQ(reading.packets.size(), 1u);
  EXPECT_EQ(reading.damage("malformed_packet"), 1u);
  EXPECT_EQ(reading.damage("skipped_bytes"), 3'000'000u);
}

TEST(Pcap, FindsTheNextRecordBeyondTheFirstSearchWindow) {
  PcapFile file;
  file.packet(kNow, Bytes(60));
  file.bytes(Bytes(2'500'001, std::byte{0xff}));
  file.packet(kNow, Bytes(61));
  file.packet(kNow, Bytes(62));
  const auto reading = read_all(file.take());
  ASSERT_EQ(reading.packets.size(), 3u);
  EXPECT_EQ(reading.packets[1].bytes.size(), 61u);
  EXPECT_EQ(reading.damage("skipped_bytes"), 2'500'001u);
}

TEST(Pcap, RefusesAFileHeaderThatIsCutShortOrOfAnotherVersion) {
  auto content = PcapFile().take();
  EXPECT_TRUE(read_all(content).packets.empty());
  auto other = content;
  other[4] = std::byte{3};
  EXPECT_EQ(PcapReader::open(input_of(other)).error().code, ErrorCode::kUnsupported);
  content.resize(23);
  EXPECT_EQ(PcapReader::open(input_of(content)).error().code, ErrorCode::kTruncated);
}

// One damaged byte costs at most the record it is in, the next, and whatever a wrong length spans.
RC_GTEST_PROP(Pcap, AccountsForEveryByteOfADamagedFile, ()) {
  PcapFile file({.order = *rc::gen::element(std::endian::little, std::endian::big),
                 .magic = *rc::gen::element(0xa1b2c3d4u, 0xa1b23c4du, 0xa1b2cd34u)});
  const auto packets = *rc::gen::inRange(0, 20);
  for (int i = 0; i < packets; ++i)
    file.packet(kNow + static_cast<std::uint32_t>(i), Bytes(*rc::gen::inRange<std::size_t>(0, 90)));
  auto content = file.take();
  const auto damages = *rc::gen::inRange(0, 10);
  for (int i = 0; i < damages && content.size() > 24; ++i)
    content[*rc::gen::inRange<std::size_t>(24, content.size())] =
        static_cast<std::byte>(*rc::gen::arbitrary<std::uint8_t>());
  content.resize(content.size() - *rc::gen::inRange<std::size_t>(0, content.size() - 23));
  const auto header = (content[2] == std::byte{0xcd} || content[1] == std::byte{0xcd} ||
                       content[0] == std::byte{0x34})
                          ? std::size_t{24}
                          : std::size_t{16};
  const auto reading = read_all(content);
  std::size_t accounted = 24;
  for (const auto& packet : reading.packets) accounted += header + packet.bytes.size();
  RC_ASSERT(accounted + reading.damage("skipped_bytes") == content.size());
  if (damages == 0) RC_ASSERT(reading.damage("malformed_packet") == 0u);
}

}  // namespace
}  // namespace noroshi
