#include "record/nfcapd.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/byte_writer.h"
#include "record/nfcapd_for_tests.h"

namespace noroshi {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using Bytes = std::vector<std::byte>;
using Config = NfcapdWriter::Config;

std::vector<Config> every_form() {
  std::vector<Config> forms;
  for (const auto compression :
       {NfcapdCompression::kNone, NfcapdCompression::kLzo, NfcapdCompression::kBzip2,
        NfcapdCompression::kLz4, NfcapdCompression::kZstandard}) {
    forms.push_back({.layout = NfcapdLayout::k17, .compression = compression});
    if (compression != NfcapdCompression::kZstandard)
      forms.push_back({.layout = NfcapdLayout::k16, .compression = compression});
  }
  forms.push_back({.layout = NfcapdLayout::k16,
                   .compression = NfcapdCompression::kNone,
                   .narrow_exporter_numbers = true});
  return forms;
}

RecordingOptions sampled_by(std::uint32_t rate) {
  RecordingOptions options;
  options.default_sampling_rate = rate;
  return options;
}

TEST(Nfcapd, ReadsBackEveryFieldInEveryForm) {
  for (auto form : every_form()) {
    const auto flows = varied_nfcapd_flows(5000, 1, form.layout);
    form.block_size = 100'000;  // several blocks
    const auto back = read_recording(nfcapd_file(flows, form));
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(first_difference(flows, back->flows), "") << back->format;
    EXPECT_THAT(back->statistics.damage, IsEmpty()) << back->format;
    EXPECT_EQ(back->statistics.exporters.size(), 4u);
    EXPECT_EQ(back->statistics.decode.records, 5000u);
    EXPECT_EQ(back->statistics.decode.flows + back->statistics.decode.events, 5000u);
    EXPECT_GT(back->statistics.decode.events, 100u);
  }
}

TEST(Nfcapd, NamesItsForm) {
  const auto name = [](Config config) {
    return read_recording(nfcapd_file(varied_nfcapd_flows(1, 1, config.layout), config))->format;
  };
  EXPECT_EQ(name({.compression = NfcapdCompression::kZstandard}), "nfcapd 1.7 (zstd)");
  EXPECT_EQ(name({.layout = NfcapdLayout::k16, .compression = NfcapdCompression::kLzo}),
            "nfcapd 1.6 (lzo)");
}

TEST(Nfcapd, WriterRefusesZstandardInTheOldLayout) {
  const auto writer = NfcapdWriter::create(
      {.layout = NfcapdLayout::k16, .compression = NfcapdCompression::kZstandard});
  ASSERT_FALSE(writer);
  EXPECT_EQ(writer.error().code, ErrorCode::kInvalidArgument);
}

TEST(Nfcapd, AFileWithoutFlowsIsReadAsSuch) {
  const auto back = read_recording(nfcapd_file(FlowBatch(), {}));
  ASSERT_TRUE(back);
  EXPECT_TRUE(back->flows.empty());
  EXPECT_THAT(back->statistics.damage, IsEmpty());
}

TEST(Nfcapd, CountersGoBackToWhatWasExportedWhereTheSamplerIsKnown) {
  FlowBatch flows;
  flows.append(1);
  flows.mutable_packets()[0] = 7;
  flows.mutable_bytes()[0] = 700;
  flows.mutable_sampling_rate()[0] = 512;
  flows.mutable_exporter()[0] = IpAddress::from_v4(0xc0000201);
  auto file = nfcapd_file(flows, {.compression = NfcapdCompression::kNone});
  auto back = read_recording(file, sampled_by(10));
  EXPECT_EQ(back->flows.packets()[0], 7u);
  EXPECT_EQ(back->flows.sampling_rate()[0], 512u);

  // The sampler record made unreadable: the counters stay scaled, and no rate may be put on top.
  const std::size_t sampler = 40 + 12 + 32;
  ASSERT_EQ(static_cast<int>(file[sampler]), 15);
  file[sampler] = std::byte{99};
  back = read_recording(file, sampled_by(10));
  EXPECT_EQ(back->flows.packets()[0], 7u * 512);
  EXPECT_EQ(back->flows.sampling_rate()[0], 0u);
}

TEST(Nfcapd, AppliesTheDefaultSamplingRateToUnmarkedFlows) {
  FlowBatch flows;
  flows.append(1);
  flows.mutable_packets()[0] = 7;
  const auto back = read_recording(nfcapd_file(flows, {}), sampled_by(10));
  EXPECT_EQ(back->flows.packets()[0], 7u);
  EXPECT_EQ(back->flows.sampling_rate()[0], 10u);
}

TEST(Nfcapd, HalfAFileGivesWhatItHoldsAndSaysThatABlockIsCut) {
  for (const auto& form : every_form()) {
    const auto flows = varied_nfcapd_flows(4000, 2, form.layout);
    auto file = nfcapd_file(flows, form);
    file.resize(file.size() / 2);
    const auto back = read_recording(file);
    ASSERT_TRUE(back);
    EXPECT_THAT(back->statistics.damage, ElementsAre(Pair("truncated_block", 1))) << back->format;
    // bzip2 gives nothing before 900 kB are whole, zstd nothing before 128 KiB.
    const std::size_t least = form.compression == NfcapdCompression::kBzip2       ? 0
                              : form.compression == NfcapdCompression::kZstandard ? 900
                                                                                  : 1500;
    EXPECT_GE(back->flows.size(), least) << back->format;
    FlowBatch expected;
    for (std::size_t row = 0; row < back->flows.size(); ++row) expected.append_row(flows, row);
    EXPECT_EQ(first_difference(expected, back->flows), "") << back->format;
  }
}

TEST(Nfcapd, AFileCutBetweenBlocksMissesTheRest) {
  const auto flows = varied_nfcapd_flows(1000, 3, NfcapdLayout::k17);
  const Config form{.compression = NfcapdCompression::kNone, .block_size = 20'000};
  auto file = nfcapd_file(flows, form);
  const auto first_block = load_little_endian<std::uint32_t>(file.data() + 40 + 4);
  file.resize(40 + 12 + first_block);
  const auto back = read_recording(file);
  EXPECT_GT(back->flows.size(), 10u);
  EXPECT_EQ(back->statistics.damage.size(), 1u);
  EXPECT_GT(back->statistics.damage.at("missing_blocks"), 5u);
}

TEST(Nfcapd, ABlockThatClaimsGigabytesEndsTheReading) {
  auto file = nfcapd_file(varied_nfcapd_flows(10, 4, NfcapdLayout::k17), {});
  for (std::size_t i = 0; i < 4; ++i) file[40 + 4 + i] = std::byte{0xff};
  const auto back = read_recording(file);
  ASSERT_TRUE(back);
  EXPECT_TRUE(back->flows.empty());
  EXPECT_THAT(back->statistics.damage, ElementsAre(Pair("oversized_block", 1)));
}

TEST(Nfcapd, ADamagedBlockCostsOnlyItself) {
  const auto flows = varied_nfcapd_flows(2000, 5, NfcapdLayout::k17);
  auto file =
      nfcapd_file(flows, {.compression = NfcapdCompression::kZstandard, .block_size = 100'000});
  const auto first_block = load_little_endian<std::uint32_t>(file.data() + 40 + 4);
  ASSERT_GT(first_block, 100u);
  for (std::size_t i = 0; i < 8; ++i) file[40 + 12 + i] = std::byte{0};  // its frame header
  const auto back = read_recording(file);
  EXPECT_THAT(back->statistics.damage, ElementsAre(Pair("damaged_block", 1)));
  EXPECT_GT(back->flows.size(), 500u);
  EXPECT_LT(back->flows.size(), 2000u);
}

TEST(Nfcapd, ARecordThatBreaksItsElementsIsCountedAndPassedOver) {
  auto file = nfcapd_file(varied_nfcapd_flows(3, 6, NfcapdLayout::k17),
                          {.compression = NfcapdCompression::kNone});
  std::size_t at = 40 + 12;
  while (load_little_endian<std::uint16_t>(file.data() + at) != 11)
    at += load_little_endian<std::uint16_t>(file.data() + at + 2);
  file[at + 12 + 2] = std::byte{3};  // an element shorter than its own header
  const auto back = read_recording(file);
  EXPECT_EQ(back->flows.size(), 2u);
  EXPECT_THAT(back->statistics.damage, ElementsAre(Pair("damaged_record", 1)));
}

TEST(Nfcapd, FlowsWithoutTheirExtensionMapAreCounted) {
  auto file = nfcapd_file(varied_nfcapd_flows(1, 6, NfcapdLayout::k16),
                          {.layout = NfcapdLayout::k16, .compression = NfcapdCompression::kNone});
  std::size_t at = 140 + 136 + 12;
  while (load_little_endian<std::uint16_t>(file.data() + at) != 2)
    at += load_little_endian<std::uint16_t>(file.data() + at + 2);
  file[at] = std::byte{99};
  const auto back = read_recording(file);
  EXPECT_TRUE(back->flows.empty());
  EXPECT_THAT(back->statistics.damage, ElementsAre(Pair("unknown_extension_map", 1)));
}

TEST(Nfcapd, SaysClearlyWhatItCannotRead) {
  const auto message = [](Bytes bytes) {
    const auto back = read_recording(std::move(bytes));
    return back ? std::string() : back.error().message;
  };
  auto file = nfcapd_file(varied_nfcapd_flows(1, 1, NfcapdLayout::k17), {});
  auto changed = file;
  std::swap(changed[0], changed[1]);
  std::swap(changed[2], changed[3]);
  EXPECT_THAT(message(changed), testing::HasSubstr("big-endian"));
  changed = file;
  changed[2] = std::byte{3};
  EXPECT_THAT(message(changed), testing::HasSubstr("layout 3"));
  changed = file;
  changed[16] = std::byte{9};
  EXPECT_THAT(message(changed), testing::HasSubstr("unknown compression 9"));
  changed = file;
  changed[17] = std::byte{1};
  EXPECT_THAT(message(changed), testing::HasSubstr("encrypted"));
  file.resize(30);
  EXPECT_EQ(message(file), "test: is an nfcapd file that ends within its header");
}

TEST(Nfcapd, PassesOverPayload) {
  ByteWriter file;
  file.write_u16_le(0xa50c);
  file.write_u16_le(2);
  file.write_zeros(32);
  file.write_u32_le(0);
  constexpr std::uint16_t kRecord = 12 + 52 + 4 + 6;
  file.write_u32_le(1);
  file.write_u32_le(kRecord);
  file.write_u32_le(3);
  file.write_u16_le(11);
  file.write_u16_le(kRecord);
  file.write_u16_le(2);
  file.write_zeros(6);
  file.write_u16_le(29);  // payload of the first packets
  file.write_u16_le(10);
  file.write_zeros(6);
  file.write_u16_le(1);
  file.write_u16_le(52);
  file.write_zeros(48);
  const auto back = read_recording(file.take());
  ASSERT_TRUE(back);
  EXPECT_EQ(back->flows.size(), 1u);
  EXPECT_THAT(back->statistics.damage, IsEmpty());
}

RC_GTEST_PROP(Nfcapd, SurvivesAnyDamage, ()) {
  const auto forms = every_form();
  auto form = forms[*rc::gen::inRange<std::size_t>(0, forms.size())];
  form.block_size = 2000;
  const auto flows = varied_nfcapd_flows(40, 7, form.layout);
  auto file = nfcapd_file(flows, form);
  const auto changes = *rc::gen::inRange(1, 8);
  for (int i = 0; i < changes; ++i)
    file[*rc::gen::inRange<std::size_t>(4, file.size())] =
        static_cast<std::byte>(*rc::gen::inRange(0, 256));
  file.resize(*rc::gen::inRange<std::size_t>(1, file.size() + 1));
  const auto back = read_recording(file);
  if (back) RC_ASSERT(back->flows.size() <= file.size() * 300);
}

}  // namespace
}  // namespace noroshi
