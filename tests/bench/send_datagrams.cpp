// Exports made-up flows to a collector on loopback, as fast as asked and no faster: the load of
// tools/bench-collect.sh. Encoded by our encoders with the clock and the sequence numbers of a real
// exporter, so that collectors find nothing missing.
//
//   send_datagrams PORT netflow5|netflow9|ipfix|ipfix6 FLOWS FLOWS_PER_SECOND
//
// ipfix6 is the same flows between IPv6 addresses.

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <random>
#include <string_view>
#include <thread>
#include <vector>

#include "encode/ipfix.h"
#include "encode/netflow5.h"
#include "encode/netflow9.h"
#include "model/flow_batch.h"

namespace noroshi {
namespace {

constexpr std::size_t kPool = 200'000;  // different flows
constexpr std::chrono::milliseconds kTick{5};

Timestamp wall_clock() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

std::unique_ptr<Encoder> encoder_of(std::string_view protocol) {
  const auto booted = wall_clock() - std::chrono::hours(24);
  if (protocol == "netflow5")
    return std::make_unique<Netflow5Encoder>(
        Netflow5Encoder::Config{.engine_type = 0, .engine_id = 1, .booted = booted});
  if (protocol == "netflow9") {
    Netflow9Encoder::Config config;
    config.source_id = 1;
    config.booted = booted;
    return std::make_unique<Netflow9Encoder>(config);
  }
  if (protocol == "ipfix" || protocol == "ipfix6")
    return std::make_unique<IpfixEncoder>(IpfixEncoder::Config{});
  return nullptr;
}

/// The IPv6 address of a subscriber, one of them in a /56, or of a server.
IpAddress in_v6(const IpAddress& v4) {
  const bool subscriber = v4.v4() >> 22 == 0x64400000u >> 22;
  auto bytes = IpAddress::parse(subscriber ? "2001:db8::" : "2620:1234::").value().bytes();
  const auto number = mix(v4.v4(), 6);
  for (std::size_t i = 0; i < 3; ++i)
    bytes[4 + i] = static_cast<std::byte>(v4.v4() >> (16 - 8 * i) & 0xff);
  for (std::size_t i = 0; i < 8; ++i) bytes[8 + i] = static_cast<std::byte>(number >> 8 * i & 0xff);
  return IpAddress::from_bytes(bytes);
}

/// Subscribers who talk to servers of which few are popular, in flows of few packets, mostly.
FlowBatch flows(bool v6) {
  std::mt19937_64 random(1);
  std::exponential_distribution<double> popular(1.0 / 400), size(1.0 / 12);
  constexpr std::uint16_t kPorts[] = {443, 443, 443, 80, 53, 123, 22, 8080};
  FlowBatch batch(kPool);
  batch.append(kPool);
  for (std::size_t row = 0; row < kPool; ++row) {
    const bool up = random() % 2 == 0;
    const auto subscriber =
        IpAddress::from_v4(0x64400000u + static_cast<std::uint32_t>(random() % 60'000));
    const auto server =
        IpAddress::from_v4(0xc6120000u + static_cast<std::uint32_t>(popular(random)));
    const auto ephemeral = static_cast<std::uint16_t>(32'768 + random() % 28'000);
    const auto service = kPorts[random() % std::size(kPorts)];
    const auto source = up ? subscriber : server;
    const auto destination = up ? server : subscriber;
    batch.mutable_source_address()[row] = v6 ? in_v6(source) : source;
    batch.mutable_destination_address()[row] = v6 ? in_v6(destination) : destination;
    batch.mutable_source_port()[row] = up ? ephemeral : service;
    batch.mutable_destination_port()[row] = up ? service : ephemeral;
    const bool udp = service == 53 || service == 123;
    batch.mutable_protocol()[row] = udp ? 17 : 6;
    batch.mutable_tcp_flags()[row] = udp ? 0 : 0x1b;
    const auto packets = 1 + static_cast<std::uint64_t>(size(random));
    batch.mutable_packets()[row] = packets;
    batch.mutable_bytes()[row] = packets * (64 + random() % 1'300);
    batch.mutable_sampling_rate()[row] = 100;
    batch.mutable_input_interface()[row] = 1 + static_cast<std::uint32_t>(random() % 8);
    batch.mutable_output_interface()[row] = 9;
    batch.mutable_source_as()[row] = up ? 64'500 : 64'501;
    batch.mutable_destination_as()[row] = up ? 64'501 : 64'500;
    const auto next_hop = IpAddress::from_v4(0xcb007109);
    batch.mutable_next_hop()[row] = v6 ? in_v6(next_hop) : next_hop;
  }
  return batch;
}

/// Sends datagrams, many a call.
void send_all(int socket, Datagrams& datagrams) {
  std::vector<iovec> vectors;
  std::vector<mmsghdr> messages(datagrams.size());
  vectors.reserve(datagrams.size());
  for (std::size_t i = 0; i < datagrams.size(); ++i) {
    vectors.push_back({datagrams[i].data(), datagrams[i].size()});
    messages[i].msg_hdr.msg_iov = &vectors[i];
    messages[i].msg_hdr.msg_iovlen = 1;
  }
  for (std::size_t sent = 0; sent < messages.size();) {
    const int count =
        ::sendmmsg(socket, &messages[sent], static_cast<unsigned>(messages.size() - sent), 0);
    if (count < 0) {
      fmt::print(stderr, "send_datagrams: nobody listens\n");
      std::exit(1);
    }
    sent += static_cast<std::size_t>(count);
  }
}

int run(std::uint16_t port, std::string_view protocol, std::uint64_t wanted, double per_second) {
  const auto encoder = encoder_of(protocol);
  if (!encoder) return 2;
  const int socket = ::socket(AF_INET, SOCK_DGRAM, 0);
  sockaddr_in target{};
  target.sin_family = AF_INET;
  target.sin_port = htons(port);
  target.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&target), sizeof target) != 0) return 1;

  const auto pool = flows(protocol == "ipfix6");
  FlowBatch batch(16'384);
  std::uint64_t sent = 0, datagrams = 0, octets = 0;
  const auto began = std::chrono::steady_clock::now();
  for (std::uint64_t tick = 1; sent < wanted; ++tick) {
    const auto due = static_cast<std::uint64_t>(
        std::ceil(std::chrono::duration<double>(kTick * tick).count() * per_second));
    const auto now = wall_clock();
    batch.clear();
    for (; sent < std::min(due, wanted); ++sent) {
      batch.append_row(pool, sent % kPool);
      batch.mutable_first().back() = to_unix_milliseconds(now) - 20'000 + sent % 10'000;
      batch.mutable_last().back() = to_unix_milliseconds(now) - 9'000 + sent % 7'000;
    }
    auto encoded = encoder->encode(batch, now);
    for (const auto& datagram : encoded) octets += datagram.size();
    datagrams += encoded.size();
    send_all(socket, encoded);
    std::this_thread::sleep_until(began + kTick * tick);
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  fmt::print("{{\"flows\":{},\"datagrams\":{},\"octets\":{},\"seconds\":{:.3f}}}\n", sent,
             datagrams, octets, took.count());
  return 0;
}

}  // namespace
}  // namespace noroshi

int main(int argc, char** argv) {
  if (argc != 5) {
    fmt::print(stderr,
               "send_datagrams PORT netflow5|netflow9|ipfix|ipfix6 FLOWS FLOWS_PER_SECOND\n");
    return 2;
  }
  return noroshi::run(static_cast<std::uint16_t>(std::atoi(argv[1])), argv[2],
                      std::strtoull(argv[3], nullptr, 10), std::atof(argv[4]));
}
