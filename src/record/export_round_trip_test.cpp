// Here because this is the lowest room that sees both sides: what the encoders write, the decoder
// reads back.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <memory>

#include "decode/decoder.h"
#include "encode/ipfix.h"
#include "encode/netflow5.h"
#include "encode/netflow9.h"
#include "encode/sflow5.h"

namespace noroshi {
namespace {

constexpr std::uint64_t kNow = 1'793'613'661'000;  // a whole second
const Timestamp kBooted = from_unix_milliseconds(kNow - 86'400'000);
const IpAddress kExporter = IpAddress::from_v4(0xcb00'71f1);

enum class Kind { kNetflow5, kNetflow9, kNetflow9Interval, kIpfix, kIpfixCount, kIpfixInterval };

std::unique_ptr<Encoder> encoder_of(Kind kind) {
  switch (kind) {
    case Kind::kNetflow5:
      return std::make_unique<Netflow5Encoder>(Netflow5Encoder::Config{.booted = kBooted});
    case Kind::kNetflow9:
      return std::make_unique<Netflow9Encoder>(
          Netflow9Encoder::Config{.source_id = 5, .booted = kBooted});
    case Kind::kNetflow9Interval:
      return std::make_unique<Netflow9Encoder>(Netflow9Encoder::Config{
          .booted = kBooted, .sampling = Netflow9Encoder::Sampling::kInterval});
    case Kind::kIpfix:
      return std::make_unique<IpfixEncoder>(IpfixEncoder::Config{.observation_domain_id = 5});
    case Kind::kIpfixCount:
      return std::make_unique<IpfixEncoder>(
          IpfixEncoder::Config{.sampling = IpfixEncoder::Sampling::kCountSelector});
    case Kind::kIpfixInterval:
      return std::make_unique<IpfixEncoder>(
          IpfixEncoder::Config{.sampling = IpfixEncoder::Sampling::kInterval});
  }
  return nullptr;
}

bool carries_v6(Kind kind) { return kind != Kind::kNetflow5; }
bool carries_domain_wide_rate(Kind kind) {
  return kind == Kind::kNetflow9Interval || kind == Kind::kIpfixInterval;
}

IpAddress any_address(bool v6) {
  if (!v6) return IpAddress::from_v4(*rc::gen::arbitrary<std::uint32_t>());
  std::array<std::byte, 16> bytes{};
  constexpr std::uint64_t kDocumentation = 0x2001'0db8'0000'0000;
  store_big_endian(bytes.data(), kDocumentation | *rc::gen::arbitrary<std::uint32_t>());
  store_big_endian(bytes.data() + 8, *rc::gen::arbitrary<std::uint64_t>());
  return IpAddress::from_bytes(bytes);
}

FlowBatch any_rows(Kind kind) {
  FlowBatch rows(16);
  const auto count = *rc::gen::inRange(0, 120);
  for (int i = 0; i < count; ++i) {
    const auto at = rows.append(1);
    const bool v6 = carries_v6(kind) && *rc::gen::arbitrary<bool>();
    rows.mutable_source_address()[at] = any_address(v6);
    rows.mutable_destination_address()[at] = any_address(v6);
    rows.mutable_first()[at] = kNow - *rc::gen::inRange(60'000u, 120'000u);
    rows.mutable_last()[at] = kNow - *rc::gen::inRange(0u, 60'000u);
    rows.mutable_source_port()[at] = *rc::gen::arbitrary<std::uint16_t>();
    rows.mutable_destination_port()[at] = *rc::gen::arbitrary<std::uint16_t>();
    const auto protocol = *rc::gen::element<std::uint8_t>(6, 17);
    rows.mutable_protocol()[at] = protocol;
    rows.mutable_tcp_flags()[at] =
        protocol == 6 ? static_cast<std::uint8_t>(*rc::gen::inRange(0, 64)) : std::uint8_t{0};
    rows.mutable_packets()[at] = *rc::gen::inRange(1u, 1'000'000u);
    rows.mutable_bytes()[at] = *rc::gen::inRange(40u, 1'000'000'000u);
    rows.mutable_sampling_rate()[at] =
        carries_domain_wide_rate(kind) ? 64 : *rc::gen::element(2u, 100u, 1'000u);
    rows.mutable_input_interface()[at] = *rc::gen::inRange(0u, 65'536u);
    rows.mutable_output_interface()[at] = *rc::gen::inRange(0u, 65'536u);
    rows.mutable_source_as()[at] = *rc::gen::inRange(0u, 65'536u);
    rows.mutable_destination_as()[at] = *rc::gen::inRange(0u, 65'536u);
  }
  return rows;
}

/// The datagrams decoded by a decoder that has seen nothing before.
FlowBatch decoded(Decoder& decoder, const Datagrams& datagrams) {
  FlowBatch rows(16);
  for (const auto& datagram : datagrams) {
    RC_ASSERT(looks_like_export(datagram));
    RC_ASSERT(decoder.decode({.exporter = kExporter,
                              .exporter_port = Port{50'000},
                              .received = from_unix_milliseconds(kNow + 20),
                              .payload = datagram},
                             rows));
  }
  return rows;
}

void assert_nothing_lost(const DecodeStatistics& statistics) {
  RC_ASSERT(statistics.lost_records == 0u);
  RC_ASSERT(statistics.lost_datagrams == 0u);
  RC_ASSERT(statistics.reordered == 0u);
  for (const auto count : statistics.undecodable) RC_ASSERT(count == 0u);
}

TEST(ExportRoundTrip, FlowRecordsComeBackAsTheyWereSent) {
  for (const auto kind : {Kind::kNetflow5, Kind::kNetflow9, Kind::kNetflow9Interval, Kind::kIpfix,
                          Kind::kIpfixCount, Kind::kIpfixInterval}) {
    rc::check([kind] {
      const auto encoder = encoder_of(kind);
      Decoder decoder({});
      for (int call = 0; call < 2; ++call) {
        const auto sent = any_rows(kind);
        const auto back = decoded(decoder, encoder->encode(sent, from_unix_milliseconds(kNow)));
        RC_ASSERT(back.size() == sent.size());
        for (std::size_t row = 0; row < sent.size(); ++row) {
          RC_ASSERT(back.kind()[row] == sent.kind()[row]);
          RC_ASSERT(back.first()[row] == sent.first()[row]);
          RC_ASSERT(back.last()[row] == sent.last()[row]);
          RC_ASSERT(back.source_address()[row] == sent.source_address()[row]);
          RC_ASSERT(back.destination_address()[row] == sent.destination_address()[row]);
          RC_ASSERT(back.source_port()[row] == sent.source_port()[row]);
          RC_ASSERT(back.destination_port()[row] == sent.destination_port()[row]);
          RC_ASSERT(back.protocol()[row] == sent.protocol()[row]);
          RC_ASSERT(back.tcp_flags()[row] == sent.tcp_flags()[row]);
          RC_ASSERT(back.packets()[row] == sent.packets()[row]);
          RC_ASSERT(back.bytes()[row] == sent.bytes()[row]);
          RC_ASSERT(back.sampling_rate()[row] == sent.sampling_rate()[row]);
          RC_ASSERT(back.input_interface()[row] == sent.input_interface()[row]);
          RC_ASSERT(back.output_interface()[row] == sent.output_interface()[row]);
          RC_ASSERT(back.source_as()[row] == sent.source_as()[row]);
          RC_ASSERT(back.destination_as()[row] == sent.destination_as()[row]);
        }
      }
      assert_nothing_lost(decoder.statistics());
    });
  }
}

TEST(ExportRoundTrip, SampledPacketsComeBackOneByOne) {
  rc::check([] {
    auto sent = any_rows(Kind::kNetflow9);
    std::uint64_t packets = 0;
    std::uint64_t bytes = 0;
    for (std::size_t row = 0; row < sent.size(); ++row) {
      sent.mutable_packets()[row] = *rc::gen::inRange(1u, 5u);
      sent.mutable_bytes()[row] = sent.packets()[row] * *rc::gen::inRange(80u, 1'500u);
      packets += sent.packets()[row];
      bytes += sent.bytes()[row];
    }
    Sflow5Encoder encoder({.agent = kExporter, .booted = kBooted});
    Decoder decoder({});
    const auto back = decoded(decoder, encoder.encode(sent, from_unix_milliseconds(kNow)));
    RC_ASSERT(back.size() == packets);
    std::size_t at = 0;
    std::uint64_t bytes_back = 0;
    for (std::size_t row = 0; row < sent.size(); ++row) {
      for (std::uint64_t packet = 0; packet < sent.packets()[row]; ++packet, ++at) {
        RC_ASSERT(back.packets()[at] == 1u);
        RC_ASSERT(back.source_address()[at] == sent.source_address()[row]);
        RC_ASSERT(back.destination_address()[at] == sent.destination_address()[row]);
        RC_ASSERT(back.source_port()[at] == sent.source_port()[row]);
        RC_ASSERT(back.destination_port()[at] == sent.destination_port()[row]);
        RC_ASSERT(back.protocol()[at] == sent.protocol()[row]);
        RC_ASSERT(back.tcp_flags()[at] == sent.tcp_flags()[row]);
        RC_ASSERT(back.sampling_rate()[at] == sent.sampling_rate()[row]);
        RC_ASSERT(back.input_interface()[at] == sent.input_interface()[row]);
        RC_ASSERT(back.output_interface()[at] == sent.output_interface()[row]);
        bytes_back += back.bytes()[at];
      }
    }
    RC_ASSERT(bytes_back == bytes);
    assert_nothing_lost(decoder.statistics());
  });
}

}  // namespace
}  // namespace noroshi
