#include "collect/intake.h"

#include <gtest/gtest.h>

#include "decode/messages_for_test.h"

namespace noroshi {
namespace {

using namespace for_test;
using std::chrono::milliseconds;

constexpr Timestamp kNow = from_unix_milliseconds(1'700'000'001'000);

/// Keeps what it is given; takes the batch away or leaves it, as sinks may.
class KeepingSink final : public FlowSink {
 public:
  explicit KeepingSink(bool takes) : takes_(takes) {}
  void take(FlowBatch&& batch) override {
    sizes.push_back(batch.size());
    for (const auto rate : std::as_const(batch).sampling_rate()) rates.push_back(rate);
    if (takes_) kept_.push_back(std::move(batch));
  }
  std::vector<std::size_t> sizes;
  std::vector<std::uint32_t> rates;

 private:
  bool takes_;
  std::vector<FlowBatch> kept_;
};

Datagram from(std::string_view exporter, std::span<const std::byte> payload,
              std::uint16_t port = 40'000) {
  return {*IpAddress::parse(exporter), Port{port}, kNow, payload};
}

class IntakeTest : public testing::Test {
 protected:
  explicit IntakeTest(ExporterPolicy::Config policy = {}, bool sink_takes = true)
      : policy_(std::make_shared<const ExporterPolicy>(std::move(policy))), sink_(sink_takes) {}

  static ExporterRule rule(std::string_view prefix, const ExporterTreatment& treatment) {
    return {*Prefix::parse(prefix), treatment};
  }
  bool accept(const Datagram& datagram) { return intake_.accept(decoder_, datagram, 0, now_); }
  [[nodiscard]] ExporterReport only_exporter() const {
    const std::vector<std::string> listeners{"udp://192.0.2.254:2055"};
    const auto report = intake_.report(listeners, decoder_.sessions());
    EXPECT_EQ(report.exporters.size(), 1u);
    return report.exporters.at(0);
  }

  std::shared_ptr<const ExporterPolicy> policy_;
  KeepingSink sink_;
  Intake intake_{{.batch_rows = 40, .batch_age = milliseconds(200), .most_exporters = 16},
                 {policy_, sink_}};
  Decoder decoder_{Intake::decoder_config({})};
  Intake::Clock::time_point now_{std::chrono::hours(1)};
};

TEST_F(IntakeTest, HandsABatchOnWhenItIsFull) {
  accept(from("192.0.2.1", netflow5(30, 30)));
  EXPECT_TRUE(sink_.sizes.empty());
  accept(from("192.0.2.1", netflow5(30, 30, 0, 30)));
  EXPECT_EQ(sink_.sizes, std::vector<std::size_t>{60});
  EXPECT_EQ(intake_.due(), Intake::Clock::time_point::max());
}

TEST_F(IntakeTest, HandsABatchOnWhenItIsOld) {
  intake_.flush_if_due(now_);
  accept(from("192.0.2.1", netflow5(1, 1)));
  now_ += milliseconds(199);
  accept(from("192.0.2.1", netflow5(1, 1, 0, 1)));
  intake_.flush_if_due(now_);
  EXPECT_TRUE(sink_.sizes.empty());
  now_ += milliseconds(1);
  intake_.flush_if_due(now_);
  EXPECT_EQ(sink_.sizes, std::vector<std::size_t>{2});
}

TEST_F(IntakeTest, CountsPerExporterWhatCameFromIt) {
  accept(from("192.0.2.1", netflow5(2, 2, 100)));
  accept(from("192.0.2.1", netflow5(2, 2, 100, 12), 40'001));
  accept(from("192.0.2.1", Bytes(3)));
  const auto report = only_exporter();
  EXPECT_EQ(report.counters.datagrams, 3u);
  EXPECT_EQ(report.counters.octets, 2u * (24 + 96) + 3);
  EXPECT_EQ(report.counters.decode.flows, 4u);
  EXPECT_EQ(report.counters.decode.lost_records, 10u);
  EXPECT_EQ(report.counters.decode.of(Undecodable::kTruncatedHeader), 1u);
  EXPECT_EQ(report.datagrams_by_kind[static_cast<std::size_t>(ExportKind::kNetflow5)], 2u);
  EXPECT_EQ(report.domains, std::vector<std::uint32_t>{0x0203});
  EXPECT_EQ(report.sampling_rates, std::vector<std::uint32_t>{100});
  EXPECT_EQ(report.counters.unknown_sampling_flows, 0u);
  EXPECT_EQ(report.last_loss, kNow);
  EXPECT_EQ(report.last_unknown_template, Timestamp());
  EXPECT_EQ(report.listener, "udp://192.0.2.254:2055");
  EXPECT_TRUE(report.clock_skew.known);
  EXPECT_EQ(report.clock_skew.last, -750) << "exported a quarter past, received a second past";
  EXPECT_TRUE(report.stranger);
}

TEST_F(IntakeTest, TellsOfTemplatesAndOfDataWithoutOne) {
  const auto definition = router_template(false);
  const auto message = [&](auto&& build) {
    MessageBuilder builder(ExportProtocol::kNetflow9);
    build(builder);
    return builder.finish();
  };
  const auto record = router_record(false, 1);
  accept(from("192.0.2.1", message([&](auto& builder) { builder.set(300, record); })));
  accept(from("192.0.2.1", message([&](auto& builder) { builder.define(300, definition); })));
  accept(from("192.0.2.1", message([&](auto& builder) { builder.set(300, record); })));
  const auto report = only_exporter();
  EXPECT_EQ(report.counters.decode.of(Undecodable::kUnknownTemplate), 1u);
  EXPECT_EQ(report.last_unknown_template, kNow);
  EXPECT_EQ(report.templates, 1u);
  EXPECT_EQ(report.provisional_templates, 0u);
  EXPECT_EQ(report.sessions, 1u);
  EXPECT_EQ(report.counters.unknown_sampling_flows, 1u);
}

class IntakeWithRules : public IntakeTest {
 protected:
  IntakeWithRules() : IntakeTest(rules(), false) {}

  static ExporterPolicy::Config rules() {
    ExporterTreatment refused;
    refused.allowed = false;
    ExporterTreatment capped;
    capped.datagrams_per_second = 2;
    ExporterTreatment overridden;
    overridden.sampling_override = 512;
    ExporterTreatment defaulted;
    defaulted.default_sampling = 64;
    ExporterTreatment by_port;
    by_port.port_in_session_key = true;
    return {.rules = {rule("192.0.2.1", capped), rule("192.0.2.2", overridden),
                      rule("192.0.2.3", defaulted), rule("192.0.2.4", by_port)},
            .strangers = refused};
  }
};

TEST_F(IntakeWithRules, RefusesStrangersAndCountsThem) {
  EXPECT_FALSE(accept(from("198.51.100.1", netflow5(1, 1))));
  EXPECT_EQ(only_exporter().counters.refused, 1u);
  EXPECT_EQ(only_exporter().counters.datagrams, 0u);
  EXPECT_EQ(intake_.totals().decode.flows, 0u);
}

TEST_F(IntakeWithRules, CapsTheRateAndCountsTheRest) {
  for (std::uint32_t i = 0; i < 5; ++i) accept(from("192.0.2.1", netflow5(1, 1, 0, i)));
  EXPECT_EQ(only_exporter().counters.datagrams, 2u);
  EXPECT_EQ(only_exporter().counters.over_rate, 3u);
  now_ += std::chrono::seconds(1);
  accept(from("192.0.2.1", netflow5(1, 1, 0, 5)));
  EXPECT_EQ(only_exporter().counters.datagrams, 3u);
}

TEST_F(IntakeWithRules, OverridesTheSamplingRateOrSuppliesOne) {
  accept(from("192.0.2.2", netflow5(1, 1, 100)));
  accept(from("192.0.2.3", netflow5(1, 1, 100)));
  accept(from("192.0.2.3", netflow5(1, 1, 0, 1)));
  intake_.flush();
  EXPECT_EQ(sink_.rates, (std::vector<std::uint32_t>{512, 100, 64}));
}

TEST_F(IntakeWithRules, TellsSessionsApartByPortOnlyWhereTheRuleSays) {
  for (const auto* exporter : {"192.0.2.3", "192.0.2.4"})
    for (const auto port : {Port{40'000}, Port{40'001}})
      accept(from(exporter, netflow5(1, 1, 0, 0), port.value));
  const auto sessions = decoder_.sessions();
  const auto of = [&](std::string_view exporter) {
    return std::ranges::count(sessions, *IpAddress::parse(exporter),
                              [](const SessionReport& session) { return session.key.exporter; });
  };
  EXPECT_EQ(of("192.0.2.3"), 1);
  EXPECT_EQ(of("192.0.2.4"), 2);
}

TEST_F(IntakeWithRules, UsesTheBatchAgainThatASinkOnlyReads) {
  for (std::uint32_t i = 0; i < 6; ++i) accept(from("192.0.2.3", netflow5(30, 30, 0, i * 30)));
  EXPECT_EQ(sink_.sizes, (std::vector<std::size_t>{60, 60, 60}));
  EXPECT_EQ(sink_.rates.size(), 180u);
}

}  // namespace
}  // namespace noroshi
