#include "decode/sampling.h"

#include <gtest/gtest.h>

#include "decode/messages_for_test.h"

namespace noroshi {
namespace {

using namespace for_test;

SamplingStatement by_interval(std::uint64_t n) {
  SamplingStatement statement;
  statement.interval = n;
  return statement;
}
SamplingStatement by_space(std::uint64_t interval, std::uint64_t space) {
  SamplingStatement statement;
  statement.packet_interval = interval;
  statement.packet_space = space;
  return statement;
}
SamplingStatement by_size(std::uint64_t size, std::uint64_t population) {
  SamplingStatement statement;
  statement.size = size;
  statement.population = population;
  return statement;
}

TEST(SamplingStatement, ReadsEveryConvention) {
  EXPECT_EQ(by_interval(1000).rate(), 1000u);
  EXPECT_EQ(by_space(1, 999).rate(), 1000u);
  EXPECT_EQ(by_space(10, 990).rate(), 100u);
  EXPECT_EQ(by_space(1, 0).rate(), 1u);
  EXPECT_EQ(by_size(1, 256).rate(), 256u);
  EXPECT_EQ(by_size(2, 255).rate(), 128u) << "rounded";
}

TEST(SamplingStatement, StatesNoRateFromZerosOrHalves) {
  EXPECT_EQ(SamplingStatement().rate(), 0u);
  EXPECT_EQ(by_interval(0).rate(), 0u);
  EXPECT_EQ(by_space(0, 100).rate(), 0u);
  EXPECT_EQ(by_size(0, 256).rate(), 0u);
  EXPECT_EQ(by_size(256, 1).rate(), 0u) << "more than all cannot be taken";
  SamplingStatement half;
  half.packet_interval = 1000;
  EXPECT_EQ(half.rate(), 0u) << "305 alone does not say what is skipped";
}

TEST(SamplingStatement, DoesNotOverflow) {
  constexpr auto kMost = ~std::uint64_t{0};
  EXPECT_EQ(by_space(1, kMost).rate(), 0u);
  EXPECT_EQ(by_size(1, kMost).rate(), 0xffff'ffffu);
  EXPECT_EQ(by_size(kMost, kMost).rate(), 1u);
  EXPECT_EQ(by_interval(kMost).rate(), 0u);
}

TEST(SamplingStatement, UndoesLittleEndianOrderOnlyWhereItIsCertain) {
  EXPECT_EQ(by_interval(0x64000000).rate(), 100u);
  EXPECT_EQ(by_space(0x01000000, 0xe7030000).rate(), 1000u);
  EXPECT_EQ(by_interval(65'536).rate(), 65'536u) << "1 in 65536, or 256 the wrong way round";
  EXPECT_EQ(by_interval(0x64000001).rate(), 0x64000001u);
}

constexpr std::uint16_t kOptions = 400;
constexpr std::uint16_t kData = 300;

/// Sends options and data, and looks at the rate the rows get.
class Sampling : public testing::TestWithParam<ExportProtocol> {
 protected:
  FieldSpecifier system_scope() const {
    return GetParam() == ExportProtocol::kIpfix ? FieldSpecifier{kIana, 149, 4}
                                                : FieldSpecifier{kNetflow9Scope, 1, 4};
  }
  FieldSpecifier interface_scope() const {
    return GetParam() == ExportProtocol::kIpfix ? FieldSpecifier{kIana, 10, 4}
                                                : FieldSpecifier{kNetflow9Scope, 2, 4};
  }
  void announce(const FieldSpecifier& scope, std::uint32_t scope_value,
                std::vector<FieldSpecifier> fields, const Bytes& values, std::uint32_t domain = 7) {
    fields.insert(fields.begin(), scope);
    decode(message(domain)
               .define_options(kOptions, 1, fields)
               .set(kOptions, joined({integer(scope_value, 4), values}))
               .finish());
  }
  std::uint32_t rate_of(std::vector<FieldSpecifier> fields, const Bytes& values,
                        std::uint32_t domain = 7) {
    fields.push_back({kIana, 2, 4});
    decode(message(domain)
               .define(kData, fields)
               .set(kData, joined({values, integer(10, 4)}))
               .finish());
    EXPECT_EQ(batch_.packets().back(), 10u) << "counts are never scaled";
    return batch_.sampling_rate().back();
  }
  MessageBuilder message(std::uint32_t domain) const {
    MessageBuilder::Header header;
    header.domain = domain;
    return {GetParam(), header};
  }
  void decode(const Bytes& payload) { decoder_.decode(datagram_of(payload), batch_); }

  Decoder decoder_{{}};
  FlowBatch batch_;
};
INSTANTIATE_TEST_SUITE_P(Protocols, Sampling,
                         testing::Values(ExportProtocol::kNetflow9, ExportProtocol::kIpfix));

TEST_P(Sampling, UsesTheRateOfTheDomainFromItsAnnouncementOn) {
  EXPECT_EQ(rate_of({}, {}), 0u);
  announce(system_scope(), 1, {{kIana, 34, 4}, {kIana, 35, 1}},
           joined({integer(500, 4), Bytes(1)}));
  EXPECT_EQ(rate_of({}, {}), 500u);
  EXPECT_EQ(batch_.sampling_rate()[0], 0u) << "what came before stays unknown";
  EXPECT_EQ(rate_of({}, {}, 8), 0u) << "another domain";
}

TEST_P(Sampling, KeepsSamplersApart) {
  const std::vector<FieldSpecifier> fields{{kIana, 48, 1}, {kIana, 49, 1}, {kIana, 50, 4}};
  announce(system_scope(), 1, fields, joined({integer(1, 1), integer(2, 1), integer(100, 4)}));
  announce(system_scope(), 1, fields, joined({integer(2, 1), integer(2, 1), integer(200, 4)}));
  EXPECT_EQ(rate_of({{kIana, 48, 1}}, integer(1, 1)), 100u);
  EXPECT_EQ(rate_of({{kIana, 48, 2}}, integer(2, 2)), 200u) << "of another width";
  EXPECT_EQ(rate_of({{kIana, 48, 1}}, integer(3, 1)), 0u) << "never announced";
  EXPECT_EQ(rate_of({}, {}), 0u) << "two samplers: which is meant?";
}

TEST_P(Sampling, UsesTheOnlySamplerForDataThatNamesNone) {
  announce(system_scope(), 1, {{kIana, 302, 2}, {kIana, 305, 4}, {kIana, 306, 4}},
           joined({integer(77, 2), integer(1, 4), integer(63, 4)}));
  EXPECT_EQ(rate_of({}, {}), 64u);
  EXPECT_EQ(rate_of({{kIana, 302, 4}}, integer(77, 4)), 64u);
  EXPECT_EQ(rate_of({{kIana, 302, 4}}, integer(78, 4)), 0u);
}

TEST_P(Sampling, LeavesASamplerWithoutARateUnknown) {
  announce(system_scope(), 1, {{kIana, 302, 4}, {kIana, 304, 2}},
           joined({integer(1, 4), integer(1, 2)}));
  EXPECT_EQ(rate_of({{kIana, 302, 4}}, integer(1, 4)), 0u);
  EXPECT_EQ(rate_of({}, {}), 0u);
}

TEST_P(Sampling, ReadsSizeAndPopulation) {
  announce(system_scope(), 1, {{kIana, 302, 4}, {kIana, 309, 4}, {kIana, 310, 4}},
           joined({integer(1, 4), integer(1, 4), integer(4'096, 4)}));
  EXPECT_EQ(rate_of({{kIana, 302, 8}}, integer(1, 8)), 4'096u);
}

TEST_P(Sampling, UsesTheRateOfTheInterface) {
  announce(interface_scope(), 3, {{kIana, 34, 4}}, integer(300, 4));
  announce(interface_scope(), 4, {{kIana, 34, 4}}, integer(400, 4));
  EXPECT_EQ(rate_of({{kIana, 10, 4}}, integer(3, 4)), 300u);
  EXPECT_EQ(rate_of({{kIana, 10, 2}}, integer(4, 2)), 400u);
  EXPECT_EQ(rate_of({{kIana, 10, 4}}, integer(5, 4)), 0u);
}

TEST_P(Sampling, PrefersTheRateInTheRecord) {
  announce(system_scope(), 1, {{kIana, 34, 4}}, integer(500, 4));
  EXPECT_EQ(rate_of({{kIana, 34, 4}}, integer(8, 4)), 8u);
  EXPECT_EQ(rate_of({{kIana, 34, 4}}, integer(0, 4)), 500u) << "zero is no rate";
  EXPECT_EQ(rate_of({{kIana, 305, 4}, {kIana, 306, 4}}, joined({integer(1, 4), integer(9, 4)})),
            10u);
  EXPECT_EQ(rate_of({{kIana, 309, 4}, {kIana, 310, 4}}, joined({integer(1, 4), integer(7, 4)})),
            7u);
}

TEST_P(Sampling, FollowsAChangedAnnouncement) {
  announce(system_scope(), 1, {{kIana, 48, 1}, {kIana, 50, 4}},
           joined({integer(1, 1), integer(100, 4)}));
  announce(system_scope(), 1, {{kIana, 48, 1}, {kIana, 50, 4}},
           joined({integer(1, 1), integer(1000, 4)}));
  EXPECT_EQ(rate_of({{kIana, 48, 1}}, integer(1, 1)), 1000u);
}

TEST_P(Sampling, FallsBackToTheConfiguredRateOnlyWhereNoneIsKnown) {
  Decoder::Config config;
  config.default_sampling_rate = 64;
  decoder_ = Decoder(config);
  EXPECT_EQ(rate_of({}, {}), 64u);
  EXPECT_EQ(rate_of({{kIana, 48, 1}}, integer(1, 1)), 64u);
  announce(system_scope(), 1, {{kIana, 34, 4}}, integer(1, 4));
  EXPECT_EQ(rate_of({}, {}), 1u) << "announced as not sampled";
}

TEST_P(Sampling, BoundsTheNumberOfSamplersAndCountsTheRest) {
  Decoder::Config config;
  config.limits.samplers_per_session = 10;
  decoder_ = Decoder(config);
  for (std::uint32_t n = 0; n < 15; ++n)
    announce(system_scope(), 1, {{kIana, 48, 4}, {kIana, 50, 4}},
             joined({integer(n, 4), integer(100 + n, 4)}));
  EXPECT_EQ(decoder_.statistics().of(Undecodable::kOverLimit), 5u);
  EXPECT_EQ(rate_of({{kIana, 48, 4}}, integer(9, 4)), 109u);
  EXPECT_EQ(rate_of({{kIana, 48, 4}}, integer(10, 4)), 0u);
}

}  // namespace
}  // namespace noroshi
