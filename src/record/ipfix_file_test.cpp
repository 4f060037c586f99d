#include "record/ipfix_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>

#include "encode/ipfix.h"
#include "record/memory_stream.h"
#include "record/recording.h"

namespace noroshi {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using Bytes = std::vector<std::byte>;

constexpr Timestamp kExported = from_unix_milliseconds(1'700'000'000'000);

FlowBatch flows(std::size_t count) {
  FlowBatch batch;
  batch.append(count);
  for (std::size_t row = 0; row < count; ++row) {
    batch.mutable_source_address()[row] =
        IpAddress::from_v4(0x0a000000 + static_cast<std::uint32_t>(row));
    batch.mutable_destination_address()[row] = IpAddress::from_v4(0xc0000201);
    batch.mutable_first()[row] = to_unix_milliseconds(kExported) - 5000;
    batch.mutable_last()[row] = to_unix_milliseconds(kExported) - 1000;
    batch.mutable_protocol()[row] = 6;
    batch.mutable_packets()[row] = row + 1;
    batch.mutable_bytes()[row] = 100 * (row + 1);
  }
  return batch;
}

/// Messages of one observation domain.
Datagrams messages(std::size_t count, std::uint32_t domain = 1) {
  IpfixEncoder encoder({.observation_domain_id = domain});
  return encoder.encode(flows(count), kExported);
}

Bytes joined(const Datagrams& parts) {
  Bytes file;
  for (const auto& part : parts) file.insert(file.end(), part.begin(), part.end());
  return file;
}

struct Outcome {
  std::string format;
  std::size_t rows = 0;
  std::uint64_t packets = 0;
  FlowBatch first_batch;
  RecordingStatistics statistics;
};

Result<Outcome> read_file(Bytes bytes) {
  const auto recording =
      TRY(open_recording(std::make_unique<MemoryStream>(std::move(bytes)), "test", {}));
  Outcome outcome;
  FlowBatch batch;
  while (TRY(recording->read(batch))) {
    outcome.rows += batch.size();
    for (const auto packets : batch.packets()) outcome.packets += packets;
    if (outcome.first_batch.empty())
      for (std::size_t row = 0; row < batch.size(); ++row)
        outcome.first_batch.append_row(batch, row);
  }
  outcome.format = recording->format();
  outcome.statistics = recording->statistics();
  return outcome;
}

TEST(IpfixFile, ReadsMessagesOneAfterAnother) {
  const auto outcome = read_file(joined(messages(10'000)));
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->format, "ipfix file");
  EXPECT_EQ(outcome->rows, 10'000u);
  EXPECT_EQ(outcome->packets, 10'000u * 10'001 / 2);
  EXPECT_THAT(outcome->statistics.damage, IsEmpty());
  EXPECT_EQ(outcome->statistics.decode.flows, 10'000u);
  EXPECT_EQ(outcome->statistics.decode.lost_records, 0u);
}

TEST(IpfixFile, AFlowIsReceivedWhenItsMessageWasExportedAndKeepsItsDomain) {
  const auto outcome = read_file(joined(messages(3, 77)));
  ASSERT_EQ(outcome->rows, 3u);
  EXPECT_EQ(outcome->first_batch.received()[0], to_unix_milliseconds(kExported));
  EXPECT_EQ(outcome->first_batch.observation_domain_id()[0], 77u);
  EXPECT_TRUE(outcome->first_batch.exporter()[0].is_none());
  EXPECT_EQ(outcome->first_batch.first()[2], to_unix_milliseconds(kExported) - 5000);
}

TEST(IpfixFile, TellsObservationDomainsApart) {
  auto parts = messages(50, 1);
  for (auto& part : messages(70, 2)) parts.push_back(std::move(part));
  const auto outcome = read_file(joined(parts));
  EXPECT_EQ(outcome->rows, 120u);
  EXPECT_EQ(outcome->statistics.decode.lost_records, 0u);
}

TEST(IpfixFile, RecognisesASingleMessageAndNothingElse) {
  EXPECT_TRUE(kIpfixFile.recognises(messages(1).front()));
  auto other = messages(1).front();
  other[1] = std::byte{9};
  EXPECT_FALSE(kIpfixFile.recognises(other));
  EXPECT_FALSE(kIpfixFile.recognises(Bytes(100)));
  EXPECT_FALSE(kIpfixFile.recognises({}));
}

TEST(IpfixFile, HalfAFileGivesItsWholeSets) {
  auto file = joined(messages(1000));
  file.resize(file.size() / 2);
  const auto outcome = read_file(file);
  ASSERT_TRUE(outcome);
  EXPECT_GT(outcome->rows, 400u);
  EXPECT_THAT(outcome->statistics.damage, ElementsAre(Pair("truncated_message", 1)));
}

TEST(IpfixFile, GoesOnBehindGarbage) {
  auto parts = messages(1000);
  ASSERT_GT(parts.size(), 10u);
  const Bytes garbage(5000, std::byte{0x5a});
  parts.insert(parts.begin() + 4, garbage);
  const auto outcome = read_file(joined(parts));
  EXPECT_EQ(outcome->rows, 1000u);
  EXPECT_THAT(outcome->statistics.damage,
              ElementsAre(Pair("malformed_message", 1), Pair("skipped_bytes", 5000)));
}

TEST(IpfixFile, ADamagedLengthCostsOneMessage) {
  auto parts = messages(1000);
  const auto size = parts[4].size();
  parts[4][2] = std::byte{0xff};
  const auto outcome = read_file(joined(parts));
  EXPECT_GT(outcome->rows, 900u);
  EXPECT_LT(outcome->rows, 1000u);
  EXPECT_THAT(outcome->statistics.damage,
              ElementsAre(Pair("malformed_message", 1), Pair("skipped_bytes", size)));
}

TEST(IpfixFile, HonoursWithdrawals) {
  // RFC 7011 §8.1: a template of no fields withdraws; data behind it has no template.
  auto parts = messages(2);
  auto withdrawal = parts.front();
  withdrawal.resize(16);
  const std::array<std::uint8_t, 8> set{0, 2, 0, 8, 1, 0, 0, 0};
  for (const auto byte : set) withdrawal.push_back(static_cast<std::byte>(byte));
  withdrawal[2] = std::byte{0};
  withdrawal[3] = std::byte{24};
  const auto whole = read_file(joined(parts));
  parts.push_back(withdrawal);
  const auto outcome = read_file(joined(parts));
  EXPECT_EQ(outcome->statistics.decode.templates_withdrawn, 1u);
  EXPECT_EQ(whole->statistics.decode.templates_withdrawn, 0u);
}

RC_GTEST_PROP(IpfixFile, SurvivesAnyDamage, ()) {
  auto file = joined(messages(60));
  const auto changes = *rc::gen::inRange(1, 8);
  for (int i = 0; i < changes; ++i)
    file[*rc::gen::inRange<std::size_t>(0, file.size())] =
        static_cast<std::byte>(*rc::gen::inRange(0, 256));
  file.resize(*rc::gen::inRange<std::size_t>(1, file.size() + 1));
  const auto outcome = read_file(file);
  if (outcome) RC_ASSERT(outcome->rows <= file.size());
}

}  // namespace
}  // namespace noroshi
