#include "simulate/botnets/calls.h"

#include "model/flow_batch.h"

namespace noroshi::simulate {

using std::chrono::milliseconds;
using std::chrono::seconds;

CallingPart::CallingPart(Infection& bot, Draws draws) : bot_(bot), draws_(draws) {
  const auto period = bot.botnet->period();
  next_ = bot.newly ? bot.from + draws_.between(seconds(9), seconds(15))
                    : bot.from + draws_.between(milliseconds(0), period);
}

void CallingPart::act(const Window& window, Wire& wire) {
  const auto& botnet = *bot_.botnet;
  const auto end = std::min(window.to, bot_.until);
  while (next_ < end) {
    const auto now = next_;
    const auto* post = botnet.post_at(bot_.number, now);
    if (post == nullptr) {
      next_ = Timestamp::max();
      return;
    }
    auto wait = botnet.period();
    switch (post->state) {
      case Botnet::Post::State::kAnswers:
        talk(*post, post != last_, now, wire);
        last_ = post;
        break;
      case Botnet::Post::State::kSilent:
        knock(*post, now, wire);
        wait = botnet.figures().retry;
        last_ = nullptr;
        break;
      case Botnet::Post::State::kSinkhole:
        be_sinkholed(*post, now, wire);
        last_ = nullptr;
        break;
    }
    bot_.activity.calls.add(now, now, 1);
    const auto jitter = wait * botnet.jitter_permille() / 1000;
    next_ =
        now + std::max<milliseconds>(
                  wait + (jitter.count() > 0 ? draws_.between(-jitter, jitter) : milliseconds(0)),
                  milliseconds(500));
  }
}

void CallingPart::knock(const Botnet::Post& post, Timestamp now, Wire& wire) {
  auto attempt = bot_.call(draws_, post.endpoint, post.subject, now);
  attempt.duration = milliseconds(7'000);
  attempt.up.add({3, 60, kTcpSyn, PacketGroup::Placement::kSpread});
  wire.add(attempt);
}

void CallingPart::be_sinkholed(const Botnet::Post& post, Timestamp now, Wire& wire) {
  auto attempt = bot_.call(draws_, post.endpoint, post.subject, now);
  attempt.duration = attempt.delay * 3;
  add_tcp(attempt, {.opens = true,
                    .closes = true,
                    .up_bytes = drawn(bot_.botnet->figures().up),
                    .down_bytes = 0});
  wire.add(attempt);
}

}  // namespace noroshi::simulate
