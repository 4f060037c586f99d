#include "simulate/botnets/bot.h"

namespace noroshi::simulate {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// How the line was infected: the loader logs in over telnet, where it can reach the line, and has
/// the bot fetched.
class Loading final : public BotPart {
 public:
  Loading(Infection& bot, Draws draws) : bot_(bot), draws_(draws) {}

  void act(const Window& window, Wire& wire) override {
    if (!window.contains(bot_.from)) return;
    const auto& loader = *bot_.botnet->loader();
    if (!bot_.line.shares_address()) {
      auto login = bot_.call(draws_, loader.endpoint, loader.subject, bot_.from);
      std::swap(login.client, login.server);
      login.client_port = static_cast<std::uint16_t>(draws_.between(1'024, 65'535));
      login.server_port = 23;
      login.line_is_server = true;
      transfer(login, {.up_bytes = 900, .down_bytes = 2'400, .bytes_per_second = 800}, wire);
    }
    const auto fetch = bot_.call(draws_, loader.endpoint, loader.subject, bot_.from + seconds(6));
    transfer(fetch, {.up_bytes = 160, .down_bytes = 68'000, .bytes_per_second = 300'000}, wire);
  }

 private:
  Infection& bot_;
  Draws draws_;
};

}  // namespace

std::unique_ptr<BotPart> make_loading(Infection& bot, Draws draws) {
  return std::make_unique<Loading>(bot, draws);
}

}  // namespace noroshi::simulate
