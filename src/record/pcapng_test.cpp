#include "record/pcapng.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "record/capture_files_for_test.h"

namespace noroshi {
namespace {

using Bytes = std::vector<std::byte>;

struct Seen {
  std::chrono::nanoseconds time;
  LinkType link;
  std::size_t captured_length;
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
  auto reader = PcapngReader::open(input_of(std::move(file)));
  EXPECT_TRUE(reader.has_value());
  while (reader) {
    const auto packet = (*reader)->next(reading.statistics);
    EXPECT_TRUE(packet.has_value());
    if (!packet || !*packet) break;
    reading.packets.push_back(
        {(*packet)->time, (*packet)->link, (*packet)->bytes.size(), (*packet)->original_length});
  }
  return reading;
}

constexpr std::uint64_t kNow = 1'700'000'000;

PcapngFile started(std::endian order = std::endian::little) {
  PcapngFile file;
  file.section(order);
  return file;
}

TEST(Pcapng, ReadsSectionsOfEitherByteOrder) {
  PcapngFile file;
  for (const auto order : {std::endian::little, std::endian::big}) {
    file.section(order);
    file.interface(1);
    file.enhanced(0, kNow * 1'000'000 + 5, Bytes(61));
  }
  const auto content = file.take();
  EXPECT_TRUE(PcapngReader::recognises(content));
  const auto reading = read_all(content);
  ASSERT_EQ(reading.packets.size(), 2u);
  for (const auto& packet : reading.packets) {
    EXPECT_EQ(packet.time.count(), static_cast<std::int64_t>(kNow) * 1'000'000'000 + 5'000);
    EXPECT_EQ(packet.captured_length, 61u);
  }
  EXPECT_TRUE(reading.statistics.damage.empty());
}

TEST(Pcapng, GivesEachInterfaceItsLinkTypeAndClock) {
  for (const auto order : {std::endian::little, std::endian::big}) {
    auto file = started(order);
    file.interface_with_clock(1, 9, 0);
    file.interface_with_clock(113, 0x80 | 10, 100);  // 1/1024 s, and 100 s to add
    file.interface_with_clock(101, 3, -100);
    file.enhanced(0, kNow * 1'000'000'000 + 123'456'789, Bytes(60));
    file.enhanced(1, kNow * 1024 + 512, Bytes(60));
    file.enhanced(2, kNow * 1000 + 7, Bytes(60));
    const auto reading = read_all(file.take());
    ASSERT_EQ(reading.packets.size(), 3u);
    const auto now = static_cast<std::int64_t>(kNow);
    EXPECT_EQ(reading.packets[0].time.count(), now * 1'000'000'000 + 123'456'789);
    EXPECT_EQ(reading.packets[1].time.count(), (now + 100) * 1'000'000'000 + 500'000'000);
    EXPECT_EQ(reading.packets[2].time.count(), (now - 100) * 1'000'000'000 + 7'000'000);
    EXPECT_EQ(reading.packets[1].link, LinkType::kLinuxCooked);
    EXPECT_EQ(reading.packets[2].link, LinkType::kRawIp);
  }
}

TEST(Pcapng, ReadsSimpleAndObsoletePacketBlocks) {
  auto file = started();
  file.interface(1, 40);
  file.obsolete(0, kNow * 1'000'000, Bytes(33));
  file.simple(100, Bytes(40));
  file.simple(39, Bytes(39));
  const auto reading = read_all(file.take());
  ASSERT_EQ(reading.packets.size(), 3u);
  EXPECT_EQ(reading.packets[0].captured_length, 33u);
  EXPECT_EQ(reading.packets[0].original_length, 43u);
  EXPECT_EQ(reading.packets[1].captured_length, 40u);
  EXPECT_EQ(reading.packets[1].original_length, 100u);
  EXPECT_EQ(reading.packets[2].captured_length, 39u);
  EXPECT_EQ(reading.packets[2].time, reading.packets[0].time);
}

TEST(Pcapng, StepsOverUnknownBlocks) {
  auto file = started();
  file.block(0x0bad, Bytes(1001));
  file.interface(1);
  file.block(4, Bytes(40));
  file.enhanced(0, 1, Bytes(60));
  const auto reading = read_all(file.take());
  EXPECT_EQ(reading.packets.size(), 1u);
  EXPECT_TRUE(reading.statistics.damage.empty());
}

TEST(Pcapng, ForgetsTheInterfacesOfTheSectionBefore) {
  auto file = started();
  file.interface(1);
  file.section(std::endian::little);
  file.enhanced(0, 1, Bytes(60));
  const auto reading = read_all(file.take());
  EXPECT_TRUE(reading.packets.empty());
  EXPECT_EQ(reading.damage("unknown_interface"), 1u);
}

TEST(Pcapng, ReadsOnBehindABlockThatClaimsFourGibibytes) {
  auto file = started();
  file.interface(1);
  auto content = file.take();
  ByteWriter bad;
  bad.write_u32_le(6);
  bad.write_u32_le(0xffff'fff0);
  bad.write_zeros(88);
  PcapngFile rest;
  rest.enhanced(0, 1, Bytes(60));
  for (const auto& part : {bad.take(), rest.take()})
    content.insert(content.end(), part.begin(), part.end());
  const auto reading = read_all(content);
  EXPECT_EQ(reading.packets.size(), 1u);
  EXPECT_EQ(reading.damage("malformed_block"), 1u);
  EXPECT_EQ(reading.damage("skipped_bytes"), 96u);
}

TEST(Pcapng, ReadsOnBehindABlockWhoseLengthsDiffer) {
  auto file = started();
  file.interface(1);
  file.enhanced(0, 1, Bytes(60));
  const auto end = file.size();
  file.enhanced(0, 2, Bytes(64));
  file.enhanced(0, 3, Bytes(68));
  auto content = file.take();
  content[end - 4] = std::byte{0xcc};
  const auto reading = read_all(content);
  ASSERT_EQ(reading.packets.size(), 2u);
  EXPECT_EQ(reading.packets[0].captured_length, 64u);
  EXPECT_EQ(reading.damage("malformed_block"), 1u);
}

TEST(Pcapng, CountsALastBlockThatTheFileDoesNotHold) {
  auto file = started();
  file.interface(1);
  file.enhanced(0, 1, Bytes(60));
  const auto whole = file.size();
  file.enhanced(0, 2, Bytes(600));
  auto content = file.take();
  content.resize(content.size() - 1);
  auto reading = read_all(content);
  EXPECT_EQ(reading.packets.size(), 1u);
  EXPECT_EQ(reading.damage("truncated_packet"), 1u);
  content.resize(whole + 7);
  reading = read_all(content);
  EXPECT_EQ(reading.packets.size(), 1u);
  EXPECT_EQ(reading.damage("truncated_block"), 1u);
}

TEST(Pcapng, CountsPacketsThatContradictTheirBlock) {
  auto file = started();
  file.interface(1);
  ByteWriter body;
  for (const std::uint32_t word : {0u, 0u, 1u, 5000u, 5000u}) body.write_u32_le(word);
  body.write_zeros(60);
  file.block(6, body.bytes());
  file.block(6, Bytes(8));
  file.enhanced(0, 1, Bytes(60));
  const auto reading = read_all(file.take());
  EXPECT_EQ(reading.packets.size(), 1u);
  EXPECT_EQ(reading.damage("malformed_packet"), 2u);
}

TEST(Pcapng, KeepsPacketsWithAbsurdTimesAndCountsThem) {
  auto file = started();
  file.interface_with_clock(1, 0, 0);                      // whole seconds
  file.interface_with_clock(1, 0x7f, 0);                   // 10^-127
  file.interface_with_clock(1, 6, std::int64_t{1} << 62);  // an offset beyond time
  file.interface_with_clock(1, 6, std::numeric_limits<std::int64_t>::min());
  for (std::uint32_t i = 0; i < 4; ++i) file.enhanced(i, ~std::uint64_t{0}, Bytes(60));
  const auto reading = read_all(file.take());
  ASSERT_EQ(reading.packets.size(), 4u);
  for (const auto& packet : reading.packets) EXPECT_EQ(packet.time.count(), 0);
  EXPECT_EQ(reading.damage("absurd_time"), 4u);
}

TEST(Pcapng, RefusesASectionHeaderThatIsCutShort) {
  auto content = started().take();
  content.resize(27);
  EXPECT_EQ(PcapngReader::open(input_of(content)).error().code, ErrorCode::kTruncated);
}

RC_GTEST_PROP(Pcapng, ReadsNothingTwiceFromADamagedFile, ()) {
  auto file = started(*rc::gen::element(std::endian::little, std::endian::big));
  file.interface_with_clock(1, *rc::gen::arbitrary<std::uint8_t>(), 0);
  const auto packets = *rc::gen::inRange(0, 20);
  for (int i = 0; i < packets; ++i) {
    const Bytes bytes(*rc::gen::inRange<std::size_t>(0, 90));
    const auto kind = *rc::gen::inRange(0, 3);
    if (kind == 0) file.enhanced(0, kNow, bytes);
    if (kind == 1) file.simple(static_cast<std::uint32_t>(bytes.size()), bytes);
    if (kind == 2) file.obsolete(0, kNow, bytes);
  }
  auto content = file.take();
  const auto damages = *rc::gen::inRange(0, 10);
  for (int i = 0; i < damages; ++i)
    content[*rc::gen::inRange<std::size_t>(12, content.size())] =
        static_cast<std::byte>(*rc::gen::arbitrary<std::uint8_t>());
  const auto cut = *rc::gen::inRange<std::size_t>(0, content.size() - 27);
  content.resize(content.size() - cut);
  const auto reading = read_all(content);
  std::size_t total = reading.damage("skipped_bytes");
  for (const auto& packet : reading.packets) total += packet.captured_length + 16;
  RC_ASSERT(total <= content.size());
  if (damages == 0 && cut == 0)
    RC_ASSERT(reading.packets.size() == static_cast<std::size_t>(packets));
}

}  // namespace
}  // namespace noroshi
