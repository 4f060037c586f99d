#include "simulate/devices.h"

#include <algorithm>
#include <array>

namespace noroshi::simulate {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

class Ntp final : public Habit {
 public:
  Ntp(const Services& services, Line& line)
      : server_(services.ntp.choose(line.random)),
        exponent_(static_cast<unsigned>(line.random.between(6, 10))) {}

  Timestamp act(Timestamp now, Line& line, Traffic& traffic) override {
    auto poll = call(line, server_, 123, kUdp, now);
    poll.client_port = 123;
    poll.duration = milliseconds(1);
    poll.purpose = Purpose::kNtp;
    add_udp(poll, {.up_packets = 1, .up_size = 48, .down_packets = 1, .down_size = 48});
    traffic.add(poll);
    if (exponent_ < 10 && line.random.chance(60)) ++exponent_;
    // Implementations spread their polls by a few per cent.
    const milliseconds interval = seconds(std::int64_t{1} << exponent_);
    return now + line.random.between(interval * 97 / 100, interval * 103 / 100);
  }

 private:
  Server server_;
  unsigned exponent_;
};

class Push final : public Habit {
 public:
  Push(const Services& services, Line& line) {
    auto& random = line.random;
    const auto& server = services.push.choose(random);
    channel_ = call(line, server, random.chance(500) ? 5223 : 5228, kTcp, Timestamp());
    channel_.purpose = Purpose::kPush;
    interval_ = random.between(minutes(15), minutes(28));
  }

  Timestamp act(Timestamp now, Line& line, Traffic& traffic) override {
    auto& random = line.random;
    auto exchange = channel_;
    exchange.start = now;
    exchange.duration = milliseconds(200);
    if (random.chance(20)) {  // another network, another connection
      channel_.client_port = exchange.client_port = line.open_port();
      add_tcp(exchange, {.opens = true, .up_bytes = 900, .down_bytes = 4'500});
    } else {
      // A message arrives, or only the keep-alive goes by.
      const bool message = random.chance(300);
      add_tcp(exchange, {.up_bytes = message ? random.between(60, 120) : 30,
                         .down_bytes = message ? random.between(300, 3'500) : 30});
    }
    traffic.add(exchange);
    return now + interval_ + random.between(milliseconds(0), milliseconds(4'000));
  }

 private:
  Exchange channel_;
  milliseconds interval_{};
};

class Camera final : public Habit {
 public:
  Camera(const Services& services, Line& line)
      : cloud_(services.camera_clouds.choose(line.random)),
        channel_(call(line, cloud_, 8883, kTcp, Timestamp())) {
    channel_.purpose = Purpose::kCameraKeepAlive;
  }

  Timestamp act(Timestamp now, Line& line, Traffic& traffic) override {
    auto& random = line.random;
    auto ping = channel_;
    ping.start = now;
    ping.duration = milliseconds(120);
    add_tcp(ping, {.up_bytes = 31, .down_bytes = 31});
    traffic.add(ping);
    if (random.chance(12)) {
      const auto clip = call(line, cloud_, 443, kTcp, now + seconds(1));
      transfer(clip,
               {.up_bytes = random.heavy_tailed(300'000, 8'000'000, 450),
                .down_bytes = 3'000,
                .bytes_per_second = 700'000},
               traffic);
    }
    return now + seconds(60) + random.between(milliseconds(-150), milliseconds(250));
  }

 private:
  Server cloud_;
  Exchange channel_;
};

class VendorHeartbeat final : public Habit {
 public:
  VendorHeartbeat(const Services& services, Line& line) {
    auto& random = line.random;
    const auto& server = services.vendor_clouds.choose(random);
    over_tcp_ = random.chance(400);
    std::uint16_t port = 443;
    if (!over_tcp_) port = random.chance(500) ? 32'100 : 8'000;
    channel_ = call(line, server, port, over_tcp_ ? kTcp : kUdp, Timestamp());
    channel_.purpose = Purpose::kVendorHeartbeat;
    interval_ = seconds(kIntervals[random.below(kIntervals.size())]);
    size_ = static_cast<std::uint16_t>(random.between(24, 220));
  }

  Timestamp act(Timestamp now, Line& line, Traffic& traffic) override {
    auto beat = channel_;
    beat.start = now;
    beat.duration = milliseconds(90);
    if (over_tcp_) {  // asks anew every time
      beat.client_port = line.open_port();
      add_tcp(beat, {.opens = true, .closes = true, .up_bytes = size_ + 500u, .down_bytes = 1'900});
    } else {
      add_udp(beat, {.up_packets = 1, .up_size = size_, .down_packets = 1, .down_size = 32});
    }
    traffic.add(beat);
    return now + interval_ + line.random.between(milliseconds(0), milliseconds(800));
  }

 private:
  static constexpr std::array<std::int64_t, 5> kIntervals = {30, 60, 120, 180, 300};

  bool over_tcp_ = false;
  Exchange channel_;
  milliseconds interval_{};
  std::uint16_t size_ = 0;
};

class Vpn final : public Habit {
 public:
  Vpn(const Services& services, Line& line)
      : tunnel_(call(line, services.vpn_gateways.choose(line.random), 4500, kUdp, Timestamp())),
        interval_(line.random.between(seconds(20), seconds(25))) {
    tunnel_.client_port = 4500;
    tunnel_.purpose = Purpose::kVpnKeepAlive;
  }

  Timestamp act(Timestamp now, Line& line, Traffic& traffic) override {
    auto& random = line.random;
    auto exchange = tunnel_;
    exchange.start = now;
    if (random.chance(diurnal_permille(now) / 4)) {
      exchange.duration = seconds(8);
      add_udp(exchange,
              {.up_packets = static_cast<std::uint32_t>(random.heavy_tailed(20, 3'000, 500)),
               .up_size = 400,
               .down_packets = static_cast<std::uint32_t>(random.heavy_tailed(20, 6'000, 500)),
               .down_size = 1'100});
    } else {
      exchange.duration = milliseconds(1);
      add_udp(exchange, {.up_packets = 1, .up_size = 1, .down_packets = 0});
    }
    traffic.add(exchange);
    return now + interval_;
  }

 private:
  Exchange tunnel_;
  milliseconds interval_;
};

class InboundScans final : public Habit {
 public:
  explicit InboundScans(const Services& services) : services_(services) {}

  Timestamp act(Timestamp now, Line& line, Traffic& traffic) override {
    static constexpr std::array<std::uint16_t, 12> kPorts = {23,   23,   23,   2323, 22,     445,
                                                             8080, 5555, 3389, 80,   37'215, 8443};
    auto& random = line.random;
    const auto& scanner = services_.scanners[random.below(services_.scanners.size())];
    auto knock = called(line, scanner, kPorts[random.below(kPorts.size())], now);
    knock.purpose = Purpose::kInboundScan;
    add_syn(knock, random.chance(150) ? SynAnswer::kReset : SynAnswer::kNone);
    traffic.add(knock);
    return now + random.exponential(minutes(10)) + milliseconds(1);
  }

 private:
  const Services& services_;
};

}  // namespace

std::unique_ptr<Habit> ntp(const Services& services, Line& line) {
  return std::make_unique<Ntp>(services, line);
}
std::unique_ptr<Habit> push(const Services& services, Line& line) {
  return std::make_unique<Push>(services, line);
}
std::unique_ptr<Habit> camera(const Services& services, Line& line) {
  return std::make_unique<Camera>(services, line);
}
std::unique_ptr<Habit> vendor_heartbeat(const Services& services, Line& line) {
  return std::make_unique<VendorHeartbeat>(services, line);
}
std::unique_ptr<Habit> vpn(const Services& services, Line& line) {
  return std::make_unique<Vpn>(services, line);
}
std::unique_ptr<Habit> inbound_scans(const Services& services) {
  return std::make_unique<InboundScans>(services);
}

}  // namespace noroshi::simulate
