#include "encode/ipfix.h"

#include <algorithm>
#include <array>

#include "encode/fields.h"

namespace noroshi {
namespace {

constexpr std::uint16_t kVersion = 10;
constexpr std::uint16_t kTemplateSet = 2;
constexpr std::uint16_t kOptionsTemplateSet = 3;
constexpr std::size_t kLengthPosition = 2;

// IANA "IPFIX Information Elements".
constexpr std::uint16_t kOctetDeltaCount = 1;
constexpr std::uint16_t kPacketDeltaCount = 2;
constexpr std::uint16_t kProtocolIdentifier = 4;
constexpr std::uint16_t kTcpControlBits = 6;
constexpr std::uint16_t kSourceTransportPort = 7;
constexpr std::uint16_t kSourceIpv4Address = 8;
constexpr std::uint16_t kIngressInterface = 10;
constexpr std::uint16_t kDestinationTransportPort = 11;
constexpr std::uint16_t kDestinationIpv4Address = 12;
constexpr std::uint16_t kEgressInterface = 14;
constexpr std::uint16_t kIpNextHopIpv4Address = 15;
constexpr std::uint16_t kBgpSourceAsNumber = 16;
constexpr std::uint16_t kBgpDestinationAsNumber = 17;
constexpr std::uint16_t kSourceIpv6Address = 27;
constexpr std::uint16_t kDestinationIpv6Address = 28;
constexpr std::uint16_t kIcmpTypeCodeIpv4 = 32;
constexpr std::uint16_t kSamplingInterval = 34;
constexpr std::uint16_t kSamplingAlgorithm = 35;
constexpr std::uint16_t kVlanId = 58;
constexpr std::uint16_t kFlowDirection = 61;
constexpr std::uint16_t kIpNextHopIpv6Address = 62;
constexpr std::uint16_t kFlowEndReason = 136;
constexpr std::uint16_t kIcmpTypeCodeIpv6 = 139;
constexpr std::uint16_t kObservationDomainId = 149;
constexpr std::uint16_t kFlowStartMilliseconds = 152;
constexpr std::uint16_t kFlowEndMilliseconds = 153;
constexpr std::uint16_t kSelectorId = 302;
constexpr std::uint16_t kSelectorAlgorithm = 304;
constexpr std::uint16_t kSamplingPacketInterval = 305;
constexpr std::uint16_t kSamplingPacketSpace = 306;
constexpr std::uint16_t kSamplingSize = 309;
constexpr std::uint16_t kSamplingPopulation = 310;

// IANA "PSAMP Parameters": selectorAlgorithm.
constexpr std::uint16_t kSystematicCountBased = 1;
constexpr std::uint16_t kRandomNOutOfN = 3;
// Element 35 has values of its own.
constexpr std::uint8_t kRandomSampling = 2;

template <typename Context>
void write_selector(ByteWriter& message, const OneWay&, const Context& context) {
  message.write_u64(context.sampler_id);
}

}  // namespace

IpfixEncoder::IpfixEncoder(Config config)
    : TemplatedEncoder(dialect(config.sampling), config.refresh, Timestamp()), config_(config) {}

TemplatedEncoder::Dialect IpfixEncoder::dialect(Sampling sampling) {
  // selectorId is last, so that the tables without it are the same tables cut short.
  static constexpr std::array kV4 = std::to_array<Field>({
      {kSourceIpv4Address, 4, &write_v4<&OneWay::source_address, Context>},
      {kDestinationIpv4Address, 4, &write_v4<&OneWay::destination_address, Context>},
      {kIpNextHopIpv4Address, 4, &write_v4<&OneWay::next_hop, Context>},
      {kIcmpTypeCodeIpv4, 2, &write_icmp<Context>},
      {kIngressInterface, 4, &write_member<&OneWay::input_interface, Context>},
      {kEgressInterface, 4, &write_member<&OneWay::output_interface, Context>},
      {kPacketDeltaCount, 8, &write_member<&OneWay::packets, Context>},
      {kOctetDeltaCount, 8, &write_member<&OneWay::bytes, Context>},
      {kFlowStartMilliseconds, 8, &write_member<&OneWay::first, Context>},
      {kFlowEndMilliseconds, 8, &write_member<&OneWay::last, Context>},
      {kSourceTransportPort, 2, &write_member<&OneWay::source_port, Context>},
      {kDestinationTransportPort, 2, &write_member<&OneWay::destination_port, Context>},
      {kBgpSourceAsNumber, 4, &write_member<&OneWay::source_as, Context>},
      {kBgpDestinationAsNumber, 4, &write_member<&OneWay::destination_as, Context>},
      {kVlanId, 2, &write_member<&OneWay::vlan, Context>},
      {kProtocolIdentifier, 1, &write_member<&OneWay::protocol, Context>},
      {kTcpControlBits, 1, &write_member<&OneWay::tcp_flags, Context>},
      {kFlowDirection, 1, &write_direction<Context>},
      {kFlowEndReason, 1, &write_member<&OneWay::end_reason, Context>},
      {kSelectorId, 8, &write_selector<Context>},
  });
  static constexpr std::array kV6 = [] {
    auto fields = kV4;
    fields[0] = {kSourceIpv6Address, 16, &write_v6<&OneWay::source_address, Context>};
    fields[1] = {kDestinationIpv6Address, 16, &write_v6<&OneWay::destination_address, Context>};
    fields[2] = {kIpNextHopIpv6Address, 16, &write_v6<&OneWay::next_hop, Context>};
    fields[3] = {kIcmpTypeCodeIpv6, 2, &write_icmp<Context>};
    return fields;
  }();
  const bool per_record = sampling != Sampling::kInterval;
  const auto fields = kV4.size() - (per_record ? 0 : 1);
  return {.template_set = kTemplateSet,
          .options_template_set = kOptionsTemplateSet,
          .v4 = std::span<const Field>(kV4).first(fields),
          .v6 = std::span<const Field>(kV6).first(fields),
          .option_record_length = per_record ? 18u : 9u,
          .sampler_plan = per_record ? SamplerPlan::kPerRecord : SamplerPlan::kPerDomain};
}

/// RFC 7011 §3.1. The sequence number is that of the first data record in the message.
void IpfixEncoder::write_header(ByteWriter& message, Timestamp now) {
  message.write_u16(kVersion);
  message.write_u16(0);  // length, when it is known
  message.write_u32(static_cast<std::uint32_t>(to_unix_milliseconds(now) / 1000));
  message.write_u32(sequence_);
  message.write_u32(config_.observation_domain_id);
}

void IpfixEncoder::finish_header(ByteWriter& message, Counts counts) {
  message.patch_u16(kLengthPosition, static_cast<std::uint16_t>(message.size()));
  sequence_ += counts.data_records;
}

/// RFC 7011 §3.4.2.2; the scope is the selector, or the whole domain.
void IpfixEncoder::write_options_template(ByteWriter& message) const {
  const auto field = [&](std::uint16_t element, std::uint16_t length) {
    message.write_u16(element);
    message.write_u16(length);
  };
  message.write_u16(kOptionsTemplate);
  message.write_u16(config_.sampling == Sampling::kInterval ? 3 : 4);  // fields, scope included
  message.write_u16(1);                                                // of these, scope
  switch (config_.sampling) {
    case Sampling::kRandomSelector:
      field(kSelectorId, 8);
      field(kSelectorAlgorithm, 2);
      field(kSamplingSize, 4);
      field(kSamplingPopulation, 4);
      break;
    case Sampling::kCountSelector:
      field(kSelectorId, 8);
      field(kSelectorAlgorithm, 2);
      field(kSamplingPacketInterval, 4);
      field(kSamplingPacketSpace, 4);
      break;
    case Sampling::kInterval:
      field(kObservationDomainId, 4);
      field(kSamplingInterval, 4);
      field(kSamplingAlgorithm, 1);
      break;
  }
}

void IpfixEncoder::write_option_record(ByteWriter& message, const Sampler& sampler) const {
  switch (config_.sampling) {
    case Sampling::kRandomSelector:
      message.write_u64(sampler.id);
      message.write_u16(kRandomNOutOfN);
      message.write_u32(1);
      message.write_u32(sampler.rate);
      break;
    case Sampling::kCountSelector:
      message.write_u64(sampler.id);
      message.write_u16(kSystematicCountBased);
      message.write_u32(1);
      message.write_u32(sampler.rate - 1);
      break;
    case Sampling::kInterval:
      message.write_u32(config_.observation_domain_id);
      message.write_u32(sampler.rate);
      message.write_u8(kRandomSampling);
      break;
  }
}

}  // namespace noroshi
