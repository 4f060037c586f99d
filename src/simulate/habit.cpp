#include "simulate/habit.h"

#include <algorithm>
#include <array>

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

void transfer(const Exchange& conversation, const Transfer& whole, Traffic& traffic) {
  constexpr milliseconds kPart{5'000};
  constexpr std::uint64_t kMostParts = 24;
  const auto per_part = std::max<std::uint64_t>(
      whole.bytes_per_second * static_cast<std::uint64_t>(kPart.count()) / 1000, 1);
  const auto largest = std::max(whole.up_bytes, whole.down_bytes);
  const auto parts = std::clamp<std::uint64_t>((largest + per_part - 1) / per_part, 1, kMostParts);
  for (std::uint64_t part = 0; part < parts; ++part) {
    auto exchange = conversation;
    exchange.up = exchange.down = {};
    exchange.start += kPart * static_cast<std::int64_t>(part);
    exchange.duration =
        parts > 1 ? kPart
                  : milliseconds(static_cast<std::int64_t>(
                        50 + largest * 1000 / std::max<std::uint64_t>(whole.bytes_per_second, 1)));
    add_tcp(exchange, {.opens = part == 0,
                       .closes = part + 1 == parts,
                       .up_bytes = std::min(whole.up_bytes / parts, per_part),
                       .down_bytes = std::min(whole.down_bytes / parts, per_part)});
    traffic.add(exchange);
  }
}

std::uint32_t diurnal_permille(Timestamp time) {
  // The shape that exchange points publish: lowest at five, highest at ten in the evening.
  constexpr std::array<std::uint32_t, 24> kByHour = {620, 430, 290, 210, 170, 160, 210,  330,
                                                     430, 470, 500, 530, 600, 560, 540,  560,
                                                     610, 680, 760, 840, 920, 980, 1000, 850};
  constexpr std::chrono::hours kJapan{9};
  const auto local = time + kJapan;
  const auto since_midnight = local - std::chrono::floor<std::chrono::days>(local);
  return kByHour[static_cast<std::size_t>(
      std::chrono::floor<std::chrono::hours>(since_midnight).count())];
}

milliseconds diurnal_wait(Random& random, Timestamp now, milliseconds mean) {
  return random.exponential(mean * 1000 / diurnal_permille(now)) + milliseconds(1);
}

}  // namespace noroshi::simulate
