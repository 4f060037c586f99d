#include "decode/export_time.h"

#include <gtest/gtest.h>

#include "decode/messages_for_test.h"

namespace noroshi {
namespace {

using namespace for_test;

constexpr std::uint64_t kExport = 1'700'000'000'000;
constexpr std::uint16_t kId = 300;

struct Span {
  std::uint64_t first;
  std::uint64_t last;
  friend bool operator==(const Span&, const Span&) = default;
};
void PrintTo(const Span& span, std::ostream* out) { *out << span.first << "–" << span.last; }

/// The time span of a flow of these fields, exported at kExport.
class FlowTime : public testing::Test {
 protected:
  Span span_of(MessageBuilder message, std::vector<FieldSpecifier> fields, const Bytes& values) {
    decoder_.decode(datagram_of(message.define(kId, std::move(fields)).set(kId, values).finish()),
                    batch_);
    return {batch_.first().back(), batch_.last().back()};
  }
  Span ipfix(std::vector<FieldSpecifier> fields, const Bytes& values) {
    return span_of(MessageBuilder(ExportProtocol::kIpfix), std::move(fields), values);
  }
  Span netflow9(std::uint32_t uptime, std::uint64_t first, std::uint64_t last,
                std::size_t width = 4) {
    MessageBuilder::Header header;
    header.uptime = uptime;
    const auto octets = static_cast<std::uint16_t>(width);
    return span_of(MessageBuilder(ExportProtocol::kNetflow9, header),
                   {{kIana, 22, octets}, {kIana, 21, octets}},
                   joined({integer(first, width), integer(last, width)}));
  }
  std::uint64_t clamped() const { return decoder_.statistics().clamped_times; }

  Decoder decoder_{{}};
  FlowBatch batch_;
};

TEST_F(FlowTime, CountsUptimeBackFromTheExport) {
  EXPECT_EQ(netflow9(100'000, 90'000, 95'000), (Span{kExport - 10'000, kExport - 5'000}));
}

TEST_F(FlowTime, SurvivesTheWrapOfTheUptimeCounter) {
  // The counter wrapped three seconds ago; the flow began seven before that.
  EXPECT_EQ(netflow9(3'000, 0xffff'ffff - 6'999, 1'000), (Span{kExport - 10'000, kExport - 2'000}));
}

TEST_F(FlowTime, AllowsAFlowToEndALittleAfterItsExport) {
  EXPECT_EQ(netflow9(100'000, 99'000, 100'400), (Span{kExport - 1'000, kExport + 400}));
  EXPECT_EQ(clamped(), 0u);
}

TEST_F(FlowTime, RefusesAnUptimeDaysAheadOfTheExporters) {
  EXPECT_EQ(netflow9(20'412'178, 621'761'700, 621'770'700), (Span{kExport, kExport}));
  EXPECT_EQ(clamped(), 2u);
}

TEST_F(FlowTime, PutsFirstBeforeLast) {
  EXPECT_EQ(netflow9(100'000, 95'000, 90'000), (Span{kExport - 10'000, kExport - 5'000}));
}

TEST_F(FlowTime, ReadsUptimesAndTimesOfDayInEightOctets) {
  EXPECT_EQ(netflow9(100'000, 90'000, 95'000, 8), (Span{kExport - 10'000, kExport - 5'000}));
  EXPECT_EQ(netflow9(100'000, kExport - 9'000, kExport - 8'000, 8),
            (Span{kExport - 9'000, kExport - 8'000}));
}

TEST_F(FlowTime, ReadsSecondsInFourOrEightOctets) {
  for (const std::size_t width : {std::size_t{4}, std::size_t{8}}) {
    const auto octets = static_cast<std::uint16_t>(width);
    EXPECT_EQ(ipfix({{kIana, 150, octets}, {kIana, 151, octets}},
                    joined({integer(kExport / 1000 - 9, width), integer(kExport / 1000, width)})),
              (Span{kExport - 9'000, kExport}));
  }
}

TEST_F(FlowTime, ReadsNtpTimestampsAndWhatExportersPutThereInstead) {
  const std::uint64_t seconds = kExport / 1000 - 9;
  const Span expected{kExport - 8'500, kExport - 8'500};
  constexpr std::uint64_t kHalf = 0x8000'0000;
  for (const std::uint64_t value : {(seconds + 2'208'988'800) << 32 | kHalf,  // NTP
                                    seconds << 32 | kHalf,                    // Unix seconds
                                    seconds * 1'000'000 + 500'000})           // microseconds
    EXPECT_EQ(
        ipfix({{kIana, 154, 8}, {kIana, 155, 8}}, joined({integer(value, 8), integer(value, 8)})),
        expected);
  for (const std::uint64_t value : {(seconds + 2'208'988'800) << 32 | kHalf, seconds << 32 | kHalf,
                                    seconds * 1'000'000'000 + 500'000'000})
    EXPECT_EQ(
        ipfix({{kIana, 156, 8}, {kIana, 157, 8}}, joined({integer(value, 8), integer(value, 8)})),
        expected);
}

TEST_F(FlowTime, ReadsMicrosecondsBeforeTheExport) {
  EXPECT_EQ(ipfix({{kIana, 158, 4}, {kIana, 159, 4}},
                  joined({integer(5'000'000, 4), integer(2'000'000, 4)})),
            (Span{kExport - 5'000, kExport - 2'000}));
}

TEST_F(FlowTime, CompletesOneEndByTheDurationOrTheEvent) {
  EXPECT_EQ(ipfix({{kIana, 152, 8}, {kIana, 161, 4}},
                  joined({integer(kExport - 9'000, 8), integer(4'000, 4)})),
            (Span{kExport - 9'000, kExport - 5'000}));
  EXPECT_EQ(ipfix({{kIana, 153, 8}, {kIana, 162, 4}},
                  joined({integer(kExport, 8), integer(4'000'000, 4)})),
            (Span{kExport - 4'000, kExport}));
  EXPECT_EQ(ipfix({{kIana, 152, 8}, {kIana, 323, 8}},
                  joined({integer(kExport - 9'000, 8), integer(kExport - 1'000, 8)})),
            (Span{kExport - 9'000, kExport - 1'000}));
  EXPECT_EQ(ipfix({{kIana, 153, 8}}, integer(kExport - 1, 8)), (Span{kExport - 1, kExport - 1}));
}

TEST_F(FlowTime, TakesTheExportWhereTheRecordHasNoTimeAtAll) {
  EXPECT_EQ(ipfix({{kIana, 2, 4}}, integer(1, 4)), (Span{kExport, kExport}));
  EXPECT_EQ(ipfix({{kIana, 152, 8}, {kIana, 153, 8}}, Bytes(16)), (Span{kExport, kExport}));
  EXPECT_EQ(clamped(), 0u) << "zero says that the exporter does not know";
}

TEST_F(FlowTime, RefusesTheFutureAndThePastAndCountsThem) {
  constexpr std::uint64_t kDay = 86'400'000;
  EXPECT_EQ(ipfix({{kIana, 152, 8}, {kIana, 153, 8}},
                  joined({integer(kExport - 400 * kDay, 8), integer(kExport + 2 * kDay, 8)})),
            (Span{kExport, kExport}));
  EXPECT_EQ(clamped(), 2u);
  EXPECT_EQ(ipfix({{kIana, 152, 8}, {kIana, 153, 8}}, Bytes(16, std::byte{0xff})),
            (Span{kExport, kExport}));
  EXPECT_EQ(ipfix({{kIana, 152, 8}, {kIana, 153, 8}},
                  joined({integer(kExport - 300 * kDay, 8), integer(kExport + kDay / 2, 8)})),
            (Span{kExport - 300 * kDay, kExport + kDay / 2}));
  EXPECT_EQ(clamped(), 4u);
}

TEST_F(FlowTime, TakesArrivalWhereTheHeaderHasNoClock) {
  MessageBuilder::Header header;
  header.seconds = 502;
  header.uptime = 100'000;
  EXPECT_EQ(
      span_of(MessageBuilder(ExportProtocol::kNetflow9, header), {{kIana, 22, 4}, {kIana, 21, 4}},
              joined({integer(90'000, 4), integer(95'000, 4)})),
      (Span{kExport + 1'000 - 10'000, kExport + 1'000 - 5'000}));
  EXPECT_EQ(batch_.received()[0], kExport + 1'000);
  EXPECT_GT(clamped(), 0u) << "no time that the exporter gave was kept";
}

TEST_F(FlowTime, PlacesIpfixUptimesByTheStartInTheRecord) {
  EXPECT_EQ(ipfix({{kIana, 160, 8}, {kIana, 22, 4}, {kIana, 21, 4}},
                  joined({integer(kExport - 100'000, 8), integer(90'000, 4), integer(95'000, 4)})),
            (Span{kExport - 10'000, kExport - 5'000}));
}

TEST_F(FlowTime, PlacesIpfixUptimesByTheStartInOptionsEvenAfterAWrap) {
  constexpr std::uint64_t kWrap = std::uint64_t{1} << 32;
  const auto options = MessageBuilder(ExportProtocol::kIpfix)
                           .define_options(400, 1, {{kIana, 149, 4}, {kIana, 160, 8}})
                           .set(400, joined({integer(7, 4), integer(kExport - kWrap - 50'000, 8)}))
                           .finish();
  decoder_.decode(datagram_of(options), batch_);
  EXPECT_EQ(
      ipfix({{kIana, 22, 4}, {kIana, 21, 4}}, joined({integer(40'000, 4), integer(45'000, 4)})),
      (Span{kExport - 10'000, kExport - 5'000}));
}

TEST_F(FlowTime, MeasuresTheStartOfAnIpfixExporterThatNeverStatesIt) {
  const std::vector<FieldSpecifier> fields{{kIana, 22, 4}, {kIana, 21, 4}};
  EXPECT_EQ(ipfix(fields, joined({integer(1'000'000, 4), integer(1'060'000, 4)})),
            (Span{kExport - 60'000, kExport}));
  // An older flow in a later message does not move what is known already …
  EXPECT_EQ(ipfix(fields, joined({integer(1'000'000, 4), integer(1'050'000, 4)})),
            (Span{kExport - 60'000, kExport - 10'000}));
  // … a later one does, because it cannot have ended after its export.
  EXPECT_EQ(ipfix(fields, joined({integer(1'000'000, 4), integer(1'070'000, 4)})),
            (Span{kExport - 70'000, kExport}));
}

}  // namespace
}  // namespace noroshi
