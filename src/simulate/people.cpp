#include "simulate/people.h"

#include <algorithm>
#include <optional>

namespace noroshi::simulate {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::uint16_t kHttps = 443;
constexpr std::uint64_t kMegabyte = 1'000'000;

class Browsing final : public Habit {
 public:
  explicit Browsing(const Services& services) : services_(services) {}

  Timestamp act(Timestamp now, Line& line, Traffic& traffic) override {
    auto& random = line.random;
    auto when = now;
    const auto connections = random.heavy_tailed(1, 6, 350);
    for (std::uint64_t i = 0; i < connections; ++i) {
      if (random.chance(450)) look_up(line, services_, when, traffic);
      when += random.between(milliseconds(20), milliseconds(300));
      fetch(when, line, traffic);
    }
    // One page in six ends the sitting.
    if (random.chance(167)) return now + diurnal_wait(random, now, minutes(40));
    return now + seconds(3) + random.exponential(seconds(45));
  }

 private:
  void fetch(Timestamp when, Line& line, Traffic& traffic) {
    auto& random = line.random;
    const auto& server = services_.web.choose(random);
    const auto bytes = random.heavy_tailed(3'000, 20 * kMegabyte, 430);
    const auto rate = random.between(500'000, 6 * kMegabyte);
    const auto request = random.between(400, 3'000);
    if (!random.chance(330)) {
      transfer(call(line, server, kHttps, kTcp, when),
               {.up_bytes = request, .down_bytes = bytes, .bytes_per_second = rate}, traffic);
      return;
    }
    auto quic = call(line, server, kHttps, kUdp, when);
    quic.duration = std::min<milliseconds>(
        milliseconds(static_cast<std::int64_t>(50 + bytes * 1000 / rate)), Exchange::kLongest);
    const auto packets = static_cast<std::uint32_t>(bytes / 1250 + 2);
    add_udp(quic, {.up_packets = packets / 3 + 2,
                   .up_size = static_cast<std::uint16_t>(random.between(40, 300)),
                   .down_packets = packets,
                   .down_size = 1250});
    traffic.add(quic);
  }

  const Services& services_;
};

class Video final : public Habit {
 public:
  explicit Video(const Services& services) : services_(services) {}

  Timestamp act(Timestamp now, Line& line, Traffic& traffic) override {
    auto& random = line.random;
    if (!film_) {
      look_up(line, services_, now, traffic);
      film_ = call(line, services_.video.choose(random), kHttps, kTcp, now + milliseconds(100));
      ends_ = now + minutes(5) + random.exponential(minutes(25));
      chunk_bytes_ = random.between(kMegabyte, 4 * kMegabyte);
      opens_ = true;
    }
    auto chunk = *film_;
    chunk.start = opens_ ? chunk.start : now;
    chunk.duration = random.between(milliseconds(400), milliseconds(2'500));
    const bool closes = now >= ends_;
    add_tcp(chunk, {.opens = opens_,
                    .closes = closes,
                    .up_bytes = random.between(500, 1'200),
                    .down_bytes = chunk_bytes_ * random.between(70, 130) / 100});
    traffic.add(chunk);
    opens_ = false;
    if (!closes) return now + random.between(milliseconds(4'800), milliseconds(6'400));
    film_.reset();
    return now + diurnal_wait(random, now, minutes(90));
  }

 private:
  const Services& services_;
  std::optional<Exchange> film_;
  Timestamp ends_;
  std::uint64_t chunk_bytes_ = 0;
  bool opens_ = false;
};

class Games final : public Habit {
 public:
  explicit Games(const Services& services) : services_(services) {}

  Timestamp act(Timestamp now, Line& line, Traffic& traffic) override {
    auto& random = line.random;
    if (!match_) {
      const auto port = static_cast<std::uint16_t>(random.between(27'000, 27'100));
      match_ = call(line, services_.games.choose(random), port, kUdp, now);
      ends_ = now + minutes(5) + random.exponential(minutes(15));
      look_up(line, services_, now, traffic);
    }
    constexpr seconds kPart{5};
    auto part = *match_;
    part.start = now;
    part.duration = kPart;
    add_udp(part, {.up_packets = static_cast<std::uint32_t>(random.between(100, 160)),
                   .up_size = static_cast<std::uint16_t>(random.between(50, 80)),
                   .down_packets = static_cast<std::uint32_t>(random.between(100, 160)),
                   .down_size = static_cast<std::uint16_t>(random.between(120, 260))});
    traffic.add(part);
    if (now < ends_) return now + kPart;
    match_.reset();
    return now + diurnal_wait(random, now, minutes(60));
  }

 private:
  const Services& services_;
  std::optional<Exchange> match_;
  Timestamp ends_;
};

class Updates final : public Habit {
 public:
  explicit Updates(const Services& services) : services_(services) {}

  Timestamp act(Timestamp now, Line& line, Traffic& traffic) override {
    auto& random = line.random;
    look_up(line, services_, now, traffic);
    const bool found = random.chance(80);
    const auto asked =
        call(line, services_.updates.choose(random), kHttps, kTcp, now + milliseconds(60));
    transfer(asked,
             {.up_bytes = random.between(1'000, 4'000),
              .down_bytes = found ? random.heavy_tailed(5 * kMegabyte, 200 * kMegabyte, 500)
                                  : random.between(2'000, 20'000),
              .bytes_per_second = random.between(2 * kMegabyte, 8 * kMegabyte)},
             traffic);
    return now + random.between(minutes(40), minutes(80));
  }

 private:
  const Services& services_;
};

}  // namespace

std::unique_ptr<Habit> browsing(const Services& services) {
  return std::make_unique<Browsing>(services);
}
std::unique_ptr<Habit> video(const Services& services) { return std::make_unique<Video>(services); }
std::unique_ptr<Habit> games(const Services& services) { return std::make_unique<Games>(services); }
std::unique_ptr<Habit> updates(const Services& services) {
  return std::make_unique<Updates>(services);
}

}  // namespace noroshi::simulate
