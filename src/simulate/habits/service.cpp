#include "simulate/habits/service.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace noroshi::simulate {

using std::chrono::milliseconds;

Service::Service(const HabitSetting& setting, const Kind& kind) {
  CHECK(kind.servers > 0);
  std::uint64_t pool = 0xcbf2'9ce4'8422'2325;
  for (const char letter : kind.habit)
    pool = (pool ^ static_cast<unsigned char>(letter)) * 0x100'0000'01b3;
  pool ^= kind.ports[0];
  for (std::size_t rank = 0; rank < kind.servers; ++rank)
    servers_.push_back({.site = setting.internet.server(pool, rank, kind.network, kind.v6_permille),
                        .port = kind.ports[rank % kind.ports.size()],
                        .protocol = kind.protocol});
  tell(setting.truth, kind.habit);
}

Service::Service(const HabitSetting& setting, std::string_view habit, std::vector<Server> servers)
    : servers_(std::move(servers)) {
  CHECK(!servers_.empty());
  tell(setting.truth, habit);
}

void Service::tell(TruthBook& truth, std::string_view habit) {
  for (auto& server : servers_) {
    const auto add = [&](const IpAddress& address) {
      return truth.add({.endpoint = {address, Port{server.port}, server.protocol},
                        .role = "service",
                        .kind = std::string(habit),
                        .family = {},
                        .botnet = {}});
    };
    server.subject = add(server.site.v4);
    if (!server.site.v6.is_none()) server.subject_v6 = add(server.site.v6);
  }
}

namespace {

Exchange between(const Subscriber& line, Draws& draws, Protocol protocol, Timestamp start) {
  Exchange exchange;
  exchange.start = start;
  exchange.delay = draws.between(milliseconds(4), milliseconds(60));
  exchange.protocol = protocol;
  exchange.line = line.index;
  return exchange;
}

}  // namespace

Exchange contact(const Subscriber& line, Draws& draws, const Site& site, std::uint16_t port,
                 Protocol protocol, Timestamp start) {
  auto exchange = between(line, draws, protocol, start);
  const bool over_v6 = !line.v6.is_none() && !site.v6.is_none();
  exchange.client = over_v6 ? line.v6 : line.v4;
  exchange.server = over_v6 ? site.v6 : site.v4;
  exchange.client_port = line.port(draws);
  exchange.server_port = port;
  return exchange;
}

Exchange contact(const Subscriber& line, Draws& draws, const Service::Server& server,
                 Timestamp start) {
  auto exchange = contact(line, draws, server.site, server.port, server.protocol, start);
  exchange.subject = exchange.server == server.site.v4 ? server.subject : server.subject_v6;
  return exchange;
}

Exchange called_by(const Subscriber& line, Draws& draws, const IpAddress& stranger,
                   std::uint16_t port, Protocol protocol, Timestamp start) {
  auto exchange = between(line, draws, protocol, start);
  exchange.client = stranger;
  exchange.server = line.v4;
  exchange.client_port = static_cast<std::uint16_t>(draws.between(1'024, 65'535));
  exchange.server_port = port;
  exchange.line_is_server = true;
  return exchange;
}

std::size_t servers_for(const Plan& plan, std::size_t least, std::size_t lines_each) {
  return least + plan.lines / lines_each;
}

}  // namespace noroshi::simulate
