#include "simulate/truth.h"

#include <algorithm>

namespace noroshi::simulate {

void Truth::Span::extend(const Exchange& exchange) {
  first = std::min(first, exchange.start);
  last = std::max(last, exchange.start + exchange.duration);
}

void Truth::observe(const Exchange& exchange) {
  switch (exchange.purpose) {
    case Purpose::kOrdinary:
      return;
    case Purpose::kNtp:
    case Purpose::kPush:
    case Purpose::kCameraKeepAlive:
    case Purpose::kVendorHeartbeat:
    case Purpose::kVpnKeepAlive: {
      auto& negative = hard_negatives[exchange.server_endpoint()];
      negative.purpose = exchange.purpose;
      negative.clients.insert(exchange.client);
      return;
    }
    case Purpose::kInboundScan: {
      auto& scanner = scanners[exchange.client];
      scanner.span.extend(exchange);
      scanner.ports.insert(exchange.server_port);
      ++scanner.probes;
      return;
    }
    case Purpose::kCommand:
    case Purpose::kReport:
    case Purpose::kLoad:
    case Purpose::kScan:
    case Purpose::kFlood:
      observe_hostile(exchange);
      return;
  }
}

void Truth::observe_hostile(const Exchange& exchange) {
  const auto& bot = exchange.line_is_server ? exchange.server : exchange.client;
  auto& line = infected[bot];
  line.family = exchange.family;
  line.span.extend(exchange);
  line.roles.insert(exchange.purpose);

  if (exchange.purpose == Purpose::kCommand) {
    auto& command = commands[exchange.server_endpoint()];
    command.family = exchange.family;
    command.span.extend(exchange);
    command.clients.insert(bot);
  } else if (exchange.purpose == Purpose::kFlood) {
    auto& victim = victims[exchange.server_endpoint()];
    victim.family = exchange.family;
    victim.span.extend(exchange);
    victim.attackers.insert(bot);
    for (const auto& group : exchange.up.groups()) {
      victim.packets += group.count;
      victim.bytes += std::uint64_t{group.count} * group.size;
    }
  } else if (exchange.purpose == Purpose::kScan) {
    auto& scanner = scanners[bot];
    scanner.inside = true;
    scanner.span.extend(exchange);
    scanner.ports.insert(exchange.server_port);
    ++scanner.probes;
  } else {
    // A loader that logs in has no listening port: the truth names it with port 0.
    const auto endpoint = exchange.line_is_server ? Endpoint{exchange.client, Port{0}, kTcp}
                                                  : exchange.server_endpoint();
    auto& helper = helpers[endpoint];
    helper.family = exchange.family;
    helper.purpose = exchange.purpose;
    helper.span.extend(exchange);
    helper.clients.insert(bot);
  }
}

void Truth::observe(const FlowBatch& exported) {
  const auto note = [&](const Endpoint& server, const IpAddress& client) {
    const auto found = commands.find(server);
    if (found == commands.end()) return;
    auto& command = found->second;
    ++command.exported_flows;
    if (command.clients.contains(client)) command.visible_clients.insert(client);
  };
  for (std::size_t row = 0; row < exported.size(); ++row) {
    const auto& source = exported.source_address()[row];
    const auto& destination = exported.destination_address()[row];
    const Protocol protocol{exported.protocol()[row]};
    note({destination, Port{exported.destination_port()[row]}, protocol}, source);
    note({source, Port{exported.source_port()[row]}, protocol}, destination);
  }
}

std::string_view to_string(Family family) {
  switch (family) {
    case Family::kMiraiLike:
      return "mirai-like";
    case Family::kHttpPoller:
      return "http-poller";
    case Family::kNone:
      break;
  }
  return "";
}

std::string_view to_string(Purpose purpose) {
  switch (purpose) {
    case Purpose::kOrdinary:
      return "ordinary";
    case Purpose::kNtp:
      return "ntp";
    case Purpose::kPush:
      return "push";
    case Purpose::kCameraKeepAlive:
      return "camera_keep_alive";
    case Purpose::kVendorHeartbeat:
      return "vendor_heartbeat";
    case Purpose::kVpnKeepAlive:
      return "vpn_keep_alive";
    case Purpose::kInboundScan:
      return "inbound_scan";
    case Purpose::kCommand:
      return "command";
    case Purpose::kReport:
      return "report";
    case Purpose::kLoad:
      return "load";
    case Purpose::kScan:
      return "scan";
    case Purpose::kFlood:
      return "flood";
  }
  return "";
}

}  // namespace noroshi::simulate
