#pragma once

#include <cstdint>
#include <memory>

#include "simulate/habit.h"
#include "simulate/scenario.h"

namespace noroshi::simulate {

/// One flood: every bot sends to the victim for the while.
struct Attack {
  Timestamp start;
  Timestamp end;
  IpAddress victim;
  std::uint16_t port = 0;
};

/// A botnet like Mirai: telnet scanning, a keep-alive on one long TCP connection, credentials found
/// reported to a server of its own, a loader, one UDP flood.
struct MiraiLikeBotnet {
  Endpoint command;
  Endpoint report;
  IpAddress loader;
  Attack attack;

  static MiraiLikeBotnet draw(const Scenario& scenario, Random& random);
};

/// A small botnet of another kind: each bot asks its server over HTTP every two minutes or so, on a
/// connection of its own, and carries something out now and then.
struct HttpPollerBotnet {
  Endpoint command;

  static HttpPollerBotnet draw(Random& random);
};

/// The habits of an infected line from `infected` on; at the scenario's start means that it was
/// infected before. `botnet` must outlive the habit.
[[nodiscard]] std::unique_ptr<Habit> mirai_like_bot(const MiraiLikeBotnet& botnet,
                                                    const Scenario& scenario, Timestamp infected);
[[nodiscard]] std::unique_ptr<Habit> http_poller_bot(const HttpPollerBotnet& botnet);

}  // namespace noroshi::simulate
