#include "simulate/botnet.h"

#include <algorithm>
#include <array>

namespace noroshi::simulate {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::uint16_t kTelnet = 23;
constexpr std::uint16_t kAlternativeTelnet = 2323;
constexpr std::uint16_t kHttp = 80;

class MiraiLikeBot final : public Habit {
 public:
  MiraiLikeBot(const MiraiLikeBotnet& botnet, const Scenario& scenario, Timestamp infected)
      : botnet_(botnet), already_infected_(infected == scenario.start) {}

  Timestamp act(Timestamp now, Line& line, Traffic& traffic) override {
    if (!running_) {
      start(now, line, traffic);
    } else {
      if (now >= next_beat_) beat(now, line, traffic);
      if (now >= next_probe_) probe(now, line, traffic);
      if (now >= next_flood_) flood(now, line, traffic);
    }
    return std::min({next_beat_, next_probe_, next_flood_});
  }

 private:
  Exchange tagged(Exchange exchange, Purpose purpose) const {
    exchange.purpose = purpose;
    exchange.family = Family::kMiraiLike;
    return exchange;
  }

  void start(Timestamp now, Line& line, Traffic& traffic) {
    auto& random = line.random;
    running_ = true;
    channel_ = tagged(call(line, botnet_.command.address, botnet_.command.port.value, kTcp, now),
                      Purpose::kCommand);
    scan_port_ = static_cast<std::uint16_t>(random.between(1024, 65'535));
    flood_ =
        tagged(call(line, botnet_.attack.victim, botnet_.attack.port, kUdp, now), Purpose::kFlood);
    flood_rate_ = static_cast<std::uint32_t>(random.between(300, 800));
    flood_size_ = static_cast<std::uint16_t>(random.chance(500) ? 512 : 1'400);
    if (!already_infected_) {
      load(now, line, traffic);
      channel_.start = now + seconds(12);
      channel_.duration = milliseconds(300);
      auto hello = channel_;
      add_tcp(hello, {.opens = true, .up_bytes = 5, .down_bytes = 2});
      traffic.add(hello);
    }
    const auto settled = channel_.start + seconds(1);
    next_beat_ = already_infected_ ? settled + random.between(milliseconds(0), milliseconds(59'000))
                                   : settled + seconds(59);
    next_probe_ = settled + random.exponential(seconds(30));
    bout_ends_ = next_probe_ + random.between(minutes(2), minutes(6));
    next_flood_ = std::max(botnet_.attack.start, settled) +
                  random.between(milliseconds(0), milliseconds(3'000));
  }

  /// The loader logs in over telnet and has the bot fetched.
  void load(Timestamp now, Line& line, Traffic& traffic) const {
    const auto login = tagged(called(line, botnet_.loader, kTelnet, now), Purpose::kLoad);
    transfer(login, {.up_bytes = 900, .down_bytes = 2'400, .bytes_per_second = 800}, traffic);
    const auto fetch =
        tagged(call(line, botnet_.loader, kHttp, kTcp, now + seconds(6)), Purpose::kLoad);
    transfer(fetch, {.up_bytes = 160, .down_bytes = 68'000, .bytes_per_second = 300'000}, traffic);
  }

  void beat(Timestamp now, Line& line, Traffic& traffic) {
    auto& random = line.random;
    auto exchange = channel_;
    exchange.start = now;
    exchange.duration = milliseconds(150);
    const bool reconnects = random.chance(4);
    if (reconnects) channel_.client_port = exchange.client_port = line.open_port();
    add_tcp(exchange, {.opens = reconnects, .up_bytes = 2, .down_bytes = 2});
    traffic.add(exchange);
    next_beat_ = now + seconds(60) + random.between(milliseconds(0), milliseconds(700));
  }

  void probe(Timestamp now, Line& line, Traffic& traffic) {
    auto& random = line.random;
    const auto target = Services::anywhere(random);
    auto knock =
        tagged(call(line, target, random.chance(900) ? kTelnet : kAlternativeTelnet, kTcp, now),
               Purpose::kScan);
    knock.client_port = scan_port_;  // one raw socket for the whole scan
    const auto luck = random.below(1000);
    add_syn(knock, luck < 80 ? SynAnswer::kReset : SynAnswer::kNone);
    traffic.add(knock);
    if (luck >= 985) {
      // Telnet answers: passwords are tried on a connection of its own.
      auto login = tagged(call(line, target, knock.server_port, kTcp, now + milliseconds(700)),
                          Purpose::kScan);
      login.duration = seconds(6);
      add_tcp(login, {.opens = true, .closes = true, .up_bytes = 140, .down_bytes = 900});
      traffic.add(login);
      if (random.chance(120)) {
        auto report = tagged(
            call(line, botnet_.report.address, botnet_.report.port.value, kTcp, now + seconds(8)),
            Purpose::kReport);
        report.duration = milliseconds(400);
        add_tcp(report, {.opens = true, .closes = true, .up_bytes = 32, .down_bytes = 0});
        traffic.add(report);
      }
    }
    next_probe_ = now + random.exponential(milliseconds(400)) + milliseconds(1);
    if (next_probe_ >= bout_ends_) {
      next_probe_ += random.between(minutes(1), minutes(5));
      bout_ends_ = next_probe_ + random.between(minutes(2), minutes(6));
    }
  }

  void flood(Timestamp now, Line& line, Traffic& traffic) {
    if (now >= botnet_.attack.end) {
      next_flood_ = kNever;
      return;
    }
    if (!ordered_) {  // the order comes down the channel
      ordered_ = true;
      auto order = channel_;
      order.start = now;
      order.duration = milliseconds(100);
      add_tcp(order, {.down_bytes = 42});
      traffic.add(order);
    }
    constexpr milliseconds kPart{1'000};
    auto part = flood_;
    part.start = now;
    part.duration = kPart;
    const auto rate = line.random.between(flood_rate_ * 9 / 10, flood_rate_ * 11 / 10);
    add_udp(part, {.up_packets = static_cast<std::uint32_t>(rate),
                   .up_size = flood_size_,
                   .down_packets = 0});
    traffic.add(part);
    next_flood_ = now + kPart;
  }

  const MiraiLikeBotnet& botnet_;
  bool already_infected_;
  bool running_ = false;
  bool ordered_ = false;
  Exchange channel_;
  Exchange flood_;
  std::uint16_t scan_port_ = 0;
  std::uint16_t flood_size_ = 0;
  std::uint32_t flood_rate_ = 0;
  Timestamp next_beat_;
  Timestamp next_probe_;
  Timestamp next_flood_;
  Timestamp bout_ends_;
};

class HttpPollerBot final : public Habit {
 public:
  explicit HttpPollerBot(const HttpPollerBotnet& botnet) : botnet_(botnet) {}

  Timestamp act(Timestamp now, Line& line, Traffic& traffic) override {
    auto& random = line.random;
    auto poll = call(line, botnet_.command.address, botnet_.command.port.value, kTcp, now);
    poll.purpose = Purpose::kCommand;
    poll.family = Family::kHttpPoller;
    poll.duration = milliseconds(350);
    const bool carries = random.chance(30);
    add_tcp(poll, {.opens = true,
                   .closes = true,
                   .up_bytes = carries ? random.heavy_tailed(20'000, 400'000, 400) : 310,
                   .down_bytes = random.between(170, 190)});
    traffic.add(poll);
    return now + random.between(seconds(96), seconds(144));
  }

 private:
  const HttpPollerBotnet& botnet_;
};

}  // namespace

MiraiLikeBotnet MiraiLikeBotnet::draw(const Scenario& scenario, Random& random) {
  static constexpr std::array<std::uint16_t, 4> kCommandPorts = {23, 666, 6'667, 45'123};
  MiraiLikeBotnet botnet;
  botnet.command = {Services::hostile(random),
                    Port{kCommandPorts[random.below(kCommandPorts.size())]}, kTcp};
  botnet.report = {Services::hostile(random), Port{48'101}, kTcp};
  botnet.loader = Services::hostile(random);
  // The attack falls into the later half and takes at most a twelfth of the time.
  const milliseconds duration = scenario.duration;
  botnet.attack.start = scenario.start + random.between(duration / 2, duration * 4 / 5);
  botnet.attack.end = botnet.attack.start +
                      std::min<milliseconds>(duration / 12, random.between(minutes(3), minutes(5)));
  botnet.attack.victim = Services::victim(random);
  botnet.attack.port = random.chance(500) ? 80 : 3'074;
  return botnet;
}

HttpPollerBotnet HttpPollerBotnet::draw(Random& random) {
  HttpPollerBotnet botnet;
  botnet.command = {Services::hostile(random), Port{8'080}, kTcp};
  return botnet;
}

std::unique_ptr<Habit> mirai_like_bot(const MiraiLikeBotnet& botnet, const Scenario& scenario,
                                      Timestamp infected) {
  return std::make_unique<MiraiLikeBot>(botnet, scenario, infected);
}

std::unique_ptr<Habit> http_poller_bot(const HttpPollerBotnet& botnet) {
  return std::make_unique<HttpPollerBot>(botnet);
}

}  // namespace noroshi::simulate
