#include "encode/netflow9.h"

#include <algorithm>
#include <array>

#include "encode/fields.h"

namespace noroshi {
namespace {

constexpr std::uint16_t kVersion = 9;
constexpr std::uint16_t kTemplateSet = 0;
constexpr std::uint16_t kOptionsTemplateSet = 1;
constexpr std::size_t kCountPosition = 2;
constexpr std::uint8_t kRandomSampling = 2;

// Field types, RFC 3954 §8.
constexpr std::uint16_t kInBytes = 1;
constexpr std::uint16_t kInPkts = 2;
constexpr std::uint16_t kProtocol = 4;
constexpr std::uint16_t kTcpFlags = 6;
constexpr std::uint16_t kL4SrcPort = 7;
constexpr std::uint16_t kIpv4SrcAddr = 8;
constexpr std::uint16_t kInputSnmp = 10;
constexpr std::uint16_t kL4DstPort = 11;
constexpr std::uint16_t kIpv4DstAddr = 12;
constexpr std::uint16_t kOutputSnmp = 14;
constexpr std::uint16_t kIpv4NextHop = 15;
constexpr std::uint16_t kSrcAs = 16;
constexpr std::uint16_t kDstAs = 17;
constexpr std::uint16_t kLastSwitched = 21;
constexpr std::uint16_t kFirstSwitched = 22;
constexpr std::uint16_t kIpv6SrcAddr = 27;
constexpr std::uint16_t kIpv6DstAddr = 28;
constexpr std::uint16_t kIcmpType = 32;
constexpr std::uint16_t kSamplingInterval = 34;
constexpr std::uint16_t kSamplingAlgorithm = 35;
constexpr std::uint16_t kFlowSamplerId = 48;
constexpr std::uint16_t kFlowSamplerMode = 49;
constexpr std::uint16_t kFlowSamplerRandomInterval = 50;
constexpr std::uint16_t kSrcVlan = 58;
constexpr std::uint16_t kDirection = 61;
constexpr std::uint16_t kIpv6NextHop = 62;
constexpr std::uint16_t kScopeSystem = 1;

template <std::uint64_t OneWay::*moment, typename Context>
void write_uptime(ByteWriter& message, const OneWay& record, const Context& context) {
  message.write_u32(static_cast<std::uint32_t>(record.*moment - context.booted));
}

template <typename Context>
void write_sampler(ByteWriter& message, const OneWay&, const Context& context) {
  message.write_u8(static_cast<std::uint8_t>(context.sampler_id));
}

}  // namespace

Netflow9Encoder::Netflow9Encoder(Config config)
    : TemplatedEncoder(dialect(config.sampling), config.refresh, config.booted), config_(config) {}

TemplatedEncoder::Dialect Netflow9Encoder::dialect(Sampling sampling) {
  // FLOW_SAMPLER_ID is last, so that the tables without it are the same tables cut short.
  static constexpr std::array kV4 = std::to_array<Field>({
      {kIpv4SrcAddr, 4, &write_v4<&OneWay::source_address, Context>},
      {kIpv4DstAddr, 4, &write_v4<&OneWay::destination_address, Context>},
      {kIpv4NextHop, 4, &write_v4<&OneWay::next_hop, Context>},
      {kInputSnmp, 4, &write_member<&OneWay::input_interface, Context>},
      {kOutputSnmp, 4, &write_member<&OneWay::output_interface, Context>},
      {kInPkts, 8, &write_member<&OneWay::packets, Context>},
      {kInBytes, 8, &write_member<&OneWay::bytes, Context>},
      {kFirstSwitched, 4, &write_uptime<&OneWay::first, Context>},
      {kLastSwitched, 4, &write_uptime<&OneWay::last, Context>},
      {kL4SrcPort, 2, &write_member<&OneWay::source_port, Context>},
      {kL4DstPort, 2, &write_member<&OneWay::destination_port, Context>},
      {kSrcAs, 4, &write_member<&OneWay::source_as, Context>},
      {kDstAs, 4, &write_member<&OneWay::destination_as, Context>},
      {kSrcVlan, 2, &write_member<&OneWay::vlan, Context>},
      {kIcmpType, 2, &write_icmp<Context>},
      {kProtocol, 1, &write_member<&OneWay::protocol, Context>},
      {kTcpFlags, 1, &write_member<&OneWay::tcp_flags, Context>},
      {kDirection, 1, &write_direction<Context>},
      {kFlowSamplerId, 1, &write_sampler<Context>},
  });
  static constexpr std::array kV6 = [] {
    auto fields = kV4;
    fields[0] = {kIpv6SrcAddr, 16, &write_v6<&OneWay::source_address, Context>};
    fields[1] = {kIpv6DstAddr, 16, &write_v6<&OneWay::destination_address, Context>};
    fields[2] = {kIpv6NextHop, 16, &write_v6<&OneWay::next_hop, Context>};
    return fields;
  }();
  const bool per_record = sampling == Sampling::kSamplerTable;
  const auto fields = kV4.size() - (per_record ? 0 : 1);
  return {.template_set = kTemplateSet,
          .options_template_set = kOptionsTemplateSet,
          .v4 = std::span<const Field>(kV4).first(fields),
          .v6 = std::span<const Field>(kV6).first(fields),
          .option_record_length = per_record ? 10u : 9u,
          .sampler_plan = per_record ? SamplerPlan::kPerRecord : SamplerPlan::kPerDomain};
}

/// RFC 3954 §5.1. The sequence number counts datagrams.
void Netflow9Encoder::write_header(ByteWriter& message, Timestamp now) {
  const auto second = std::chrono::floor<std::chrono::seconds>(now);
  message.write_u16(kVersion);
  message.write_u16(0);  // count, when it is known
  message.write_u32(static_cast<std::uint32_t>(to_unix_milliseconds(second) -
                                               to_unix_milliseconds(config_.booted)));
  message.write_u32(static_cast<std::uint32_t>(to_unix_milliseconds(second) / 1000));
  message.write_u32(sequence_++);
  message.write_u32(config_.source_id);
}

void Netflow9Encoder::finish_header(ByteWriter& message, Counts counts) {
  message.patch_u16(kCountPosition, counts.records);
}

/// RFC 3954 §6.1: scope System, whose value is the source.
void Netflow9Encoder::write_options_template(ByteWriter& message) const {
  const bool table = config_.sampling == Sampling::kSamplerTable;
  message.write_u16(kOptionsTemplate);
  message.write_u16(4);               // octets of scope fields
  message.write_u16(table ? 12 : 8);  // octets of option fields
  message.write_u16(kScopeSystem);
  message.write_u16(4);
  if (table) {
    message.write_u16(kFlowSamplerId);
    message.write_u16(1);
    message.write_u16(kFlowSamplerMode);
    message.write_u16(1);
    message.write_u16(kFlowSamplerRandomInterval);
    message.write_u16(4);
  } else {
    message.write_u16(kSamplingInterval);
    message.write_u16(4);
    message.write_u16(kSamplingAlgorithm);
    message.write_u16(1);
  }
}

void Netflow9Encoder::write_option_record(ByteWriter& message, const Sampler& sampler) const {
  message.write_u32(config_.source_id);
  if (config_.sampling == Sampling::kSamplerTable) {
    message.write_u8(static_cast<std::uint8_t>(sampler.id));
    message.write_u8(kRandomSampling);
    message.write_u32(sampler.rate);
  } else {
    message.write_u32(sampler.rate);
    message.write_u8(kRandomSampling);
  }
}

}  // namespace noroshi
