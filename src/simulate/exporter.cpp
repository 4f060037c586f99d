#include "simulate/exporter.h"

#include "base/check.h"
#include "encode/ipfix.h"
#include "encode/netflow5.h"
#include "encode/netflow9.h"
#include "encode/sflow5.h"

namespace noroshi::simulate {
namespace {

constexpr std::uint32_t kRouters = 0xcb00'71f1;    // 203.0.113.241 and the next three
constexpr std::uint32_t kCollector = 0xcb00'71fa;  // 203.0.113.250
constexpr std::chrono::hours kUptime{12 * 24 + 3};

}  // namespace

std::unique_ptr<Encoder> make_encoder(ExportProtocol protocol, const Scenario& scenario) {
  const Timestamp booted = scenario.start - kUptime;
  switch (protocol) {
    case ExportProtocol::kNetflow5:
      return std::make_unique<Netflow5Encoder>(Netflow5Encoder::Config{.booted = booted});
    case ExportProtocol::kNetflow9:
      return std::make_unique<Netflow9Encoder>(
          Netflow9Encoder::Config{.source_id = 2, .booted = booted});
    case ExportProtocol::kIpfix:
      return std::make_unique<IpfixEncoder>(IpfixEncoder::Config{.observation_domain_id = 3});
    case ExportProtocol::kSflow5:
      return std::make_unique<Sflow5Encoder>(
          Sflow5Encoder::Config{.agent = route_of(protocol).source, .booted = booted});
  }
  CHECK(false);
}

PcapEncoder::Route route_of(ExportProtocol protocol) {
  static constexpr std::uint16_t kPorts[kExportProtocols] = {2055, 9995, 4739, 6343};
  const auto index = static_cast<std::uint32_t>(protocol);
  return {.source = IpAddress::from_v4(kRouters + index),
          .source_port = Port{static_cast<std::uint16_t>(50'000 + index)},
          .destination = IpAddress::from_v4(kCollector),
          .destination_port = Port{kPorts[index]}};
}

std::string_view to_string(ExportProtocol protocol) {
  switch (protocol) {
    case ExportProtocol::kNetflow5:
      return "netflow5";
    case ExportProtocol::kNetflow9:
      return "netflow9";
    case ExportProtocol::kIpfix:
      return "ipfix";
    case ExportProtocol::kSflow5:
      return "sflow";
  }
  return "";
}

}  // namespace noroshi::simulate
