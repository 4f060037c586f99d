#include "simulate/botnets/calls.h"

namespace noroshi::simulate {
namespace {

using std::chrono::milliseconds;

/// A connection of its own for each call, as over HTTP: a request, an answer, sometimes work.
class PollingBot final : public CallingPart {
 public:
  using CallingPart::CallingPart;

 private:
  void talk(const Botnet::Post& post, bool /*anew*/, Timestamp now, Wire& wire) override {
    const auto& figures = bot_.botnet->figures();
    auto poll = bot_.call(draws_, post.endpoint, post.subject, now);
    poll.duration = poll.delay * 3;
    const bool task = draws_.chance(figures.task_permille);
    if (task) poll.duration = milliseconds(5'000);
    add_tcp(poll, {.opens = true,
                   .closes = true,
                   .up_bytes = drawn(figures.up) + (task ? drawn(figures.task_up) : 0),
                   .down_bytes = drawn(figures.down) + (task ? drawn(figures.task_down) : 0)});
    wire.add(poll);
  }
};

}  // namespace

std::unique_ptr<BotPart> make_polls(Infection& bot, Draws draws) {
  return std::make_unique<PollingBot>(bot, draws);
}

}  // namespace noroshi::simulate
