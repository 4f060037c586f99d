#pragma once

#include "base/byte_writer.h"
#include "encode/one_way.h"

namespace noroshi {

/// A template field that is one member of OneWay, unsigned, in the given width. For the tables of
/// TemplatedEncoder: `{IN_PKTS, 8, &write_member<&OneWay::packets>}`.
template <auto member, typename Context>
void write_member(ByteWriter& message, const OneWay& record, const Context&) {
  const auto value = record.*member;
  if constexpr (sizeof(value) == 1) message.write_u8(value);
  if constexpr (sizeof(value) == 2) message.write_u16(value);
  if constexpr (sizeof(value) == 4) message.write_u32(value);
  if constexpr (sizeof(value) == 8) message.write_u64(value);
}

/// An address as four octets; one that is not IPv4 is 0.0.0.0.
template <IpAddress OneWay::*member, typename Context>
void write_v4(ByteWriter& message, const OneWay& record, const Context&) {
  const auto& address = record.*member;
  message.write_u32(address.is_v4() ? address.v4() : 0);
}

/// An address as its sixteen octets.
template <IpAddress OneWay::*member, typename Context>
void write_v6(ByteWriter& message, const OneWay& record, const Context&) {
  message.write_bytes((record.*member).bytes());
}

/// ICMP type and code in one 16-bit element (32, 139).
template <typename Context>
void write_icmp(ByteWriter& message, const OneWay& record, const Context&) {
  message.write_u8(record.icmp_type);
  message.write_u8(record.icmp_code);
}

/// flowDirection (61): 0 ingress, 1 egress. Unknown has no value of its own and is sent as ingress,
/// where routers meter by default.
template <typename Context>
void write_direction(ByteWriter& message, const OneWay& record, const Context&) {
  message.write_u8(static_cast<FlowDirection>(record.direction) == FlowDirection::kEgress ? 1 : 0);
}

}  // namespace noroshi
