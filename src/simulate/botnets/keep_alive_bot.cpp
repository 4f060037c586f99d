#include "simulate/botnets/calls.h"

namespace noroshi::simulate {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

/// One long connection with small messages both ways; orders come down it, and in interactive kinds
/// somebody sits at the other end now and then.
class KeepAliveBot final : public CallingPart {
 public:
  KeepAliveBot(Infection& bot, Draws draws) : CallingPart(bot, draws) {
    port_ = bot.line.port(draws_);
    interactive_ = bot.botnet->figures().talk == BotnetFigures::Talk::kInteractive;
    next_sitting_ = bot.from + draws_.between(minutes(10), hours(6));
  }

 private:
  void talk(const Botnet::Post& post, bool anew, Timestamp now, Wire& wire) override {
    // Lines lose their connections about once a day.
    const bool opens = anew || draws_.chance_of_million(700);
    if (opens) port_ = bot_.line.port(draws_);
    const auto& figures = bot_.botnet->figures();
    const bool task = figures.task_permille > 0 && draws_.chance(figures.task_permille);
    auto beat = bot_.call(draws_, post.endpoint, post.subject, now);
    beat.client_port = port_;
    beat.duration = beat.delay + milliseconds(60);
    add_tcp(beat, {.opens = opens,
                   .up_bytes = drawn(figures.up) + (task ? drawn(figures.task_up) : 0),
                   .down_bytes = drawn(figures.down) + (task ? drawn(figures.task_down) : 0)});
    wire.add(beat);
    if (interactive_ && now >= next_sitting_) sit(post, now, wire);
  }

  /// Somebody works at the victim's machine: looks around, takes files along. At most as long as a
  /// beat, and again at the next one until the sitting is over.
  void sit(const Botnet::Post& post, Timestamp now, Wire& wire) {
    if (sitting_ends_ < next_sitting_)
      sitting_ends_ = now + draws_.between(minutes(3), minutes(40));
    const auto lasts = bot_.botnet->period() * 3 / 4;
    for (milliseconds into{1'500}; into < lasts; into += seconds(6)) {
      auto work = bot_.call(draws_, post.endpoint, post.subject, now + into);
      work.client_port = port_;
      work.duration = seconds(4);
      add_tcp(work, {.up_bytes = draws_.heavy_tailed(400, 1'500'000, 550),
                     .down_bytes = draws_.heavy_tailed(60, 20'000, 500)});
      wire.add(work);
    }
    if (now >= sitting_ends_) next_sitting_ = now + draws_.between(hours(2), hours(14));
  }

  std::uint16_t port_ = 0;
  bool interactive_ = false;
  Timestamp next_sitting_;
  Timestamp sitting_ends_;
};

}  // namespace

std::unique_ptr<BotPart> make_keep_alive(Infection& bot, Draws draws) {
  return std::make_unique<KeepAliveBot>(bot, draws);
}

}  // namespace noroshi::simulate
