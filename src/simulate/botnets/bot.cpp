#include "simulate/botnets/bot.h"

namespace noroshi::simulate {

using std::chrono::milliseconds;

Exchange Infection::call(Draws& draws, const Endpoint& to, std::uint32_t subject,
                         Timestamp when) const {
  Exchange exchange;
  exchange.start = when;
  exchange.delay = draws.between(milliseconds(8), milliseconds(180));
  exchange.client = line.v4;
  exchange.client_port = line.port(draws);
  exchange.server = to.address;
  exchange.server_port = to.port.value;
  exchange.protocol = to.protocol;
  exchange.line = line.index;
  exchange.subject = subject;
  return exchange;
}

std::vector<std::unique_ptr<BotPart>> parts_of(Infection& bot, Draws draws) {
  std::vector<std::unique_ptr<BotPart>> parts;
  if (bot.newly && bot.botnet->loader() != nullptr) parts.push_back(make_loading(bot, draws.of(1)));
  switch (bot.botnet->figures().talk) {
    case BotnetFigures::Talk::kKeepAlive:
    case BotnetFigures::Talk::kInteractive:
      parts.push_back(make_keep_alive(bot, draws.of(2)));
      break;
    case BotnetFigures::Talk::kPolls:
      parts.push_back(make_polls(bot, draws.of(2)));
      break;
    case BotnetFigures::Talk::kPeers:
      parts.push_back(make_peers(bot, draws.of(2)));
      break;
  }
  if (bot.botnet->scan_rate() > 0) parts.push_back(make_scanning(bot, draws.of(3)));
  if (!bot.botnet->attacks().empty()) parts.push_back(make_flooding(bot, draws.of(4)));
  return parts;
}

}  // namespace noroshi::simulate
