#include "simulate/habit.h"

#include <algorithm>

namespace noroshi::simulate {
namespace {

using std::chrono::milliseconds;

constexpr std::uint16_t kFirstEphemeralPort = 32'768;
constexpr std::uint16_t kDns = 53;

Exchange exchange_of(Line& line, Protocol protocol, Timestamp start) {
  Exchange exchange;
  exchange.start = start;
  exchange.delay = line.random.between(milliseconds(4), milliseconds(60));
  exchange.protocol = protocol;
  exchange.line = line.index;
  return exchange;
}

}  // namespace

std::uint16_t Line::open_port() {
  if (next_port < kFirstEphemeralPort)
    next_port = static_cast<std::uint16_t>(random.between(kFirstEphemeralPort, 60'999));
  const auto port = next_port++;
  if (next_port > 60'999) next_port = kFirstEphemeralPort;
  return port;
}

Exchange call(Line& line, const Server& server, std::uint16_t server_port, Protocol protocol,
              Timestamp start) {
  auto exchange = call(line, server.v4, server_port, protocol, start);
  if (!line.v6.is_none() && !server.v6.is_none()) {
    exchange.client = line.v6;
    exchange.server = server.v6;
  }
  return exchange;
}

Exchange call(Line& line, const IpAddress& server, std::uint16_t server_port, Protocol protocol,
              Timestamp start) {
  auto exchange = exchange_of(line, protocol, start);
  exchange.client = line.v4;
  exchange.server = server;
  exchange.client_port = line.open_port();
  exchange.server_port = server_port;
  return exchange;
}

Exchange called(Line& line, const IpAddress& client, std::uint16_t server_port, Timestamp start) {
  auto exchange = exchange_of(line, kTcp, start);
  exchange.client = client;
  exchange.server = line.v4;
  exchange.client_port = static_cast<std::uint16_t>(line.random.between(1024, 65'535));
  exchange.server_port = server_port;
  exchange.line_is_server = true;
  return exchange;
}

void look_up(Line& line, const Services& services, Timestamp when, Traffic& traffic) {
  const auto& resolver = services.resolvers[line.random.chance(850) ? 0 : 1];
  auto query = call(line, resolver, kDns, kUdp, when);
  query.client_port = static_cast<std::uint16_t>(line.random.between(1024, 65'535));
  query.duration = milliseconds(1);
  add_udp(query, {.up_packets = 1,
                  .up_size = static_cast<std::uint16_t>(line.random.between(28, 60)),
                  .down_packets = 1,
                  .down_size = static_cast<std::uint16_t>(line.random.between(60, 420))});
  traffic.add(query);
}

milliseconds diurnal_wait(Random& random, Timestamp now, milliseconds mean) {
  return random.exponential(mean * 1000 / diurnal_permille(now)) + milliseconds(1);
}

}  // namespace noroshi::simulate
