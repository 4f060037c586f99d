#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>

#include "simulate/botnets/botnet.h"
#include "simulate/population/subscriber.h"
#include "simulate/wire.h"

namespace noroshi::simulate {

/// What a bot did, for the truth of its line.
struct BotActivity {
  struct Deed {
    std::uint64_t count = 0;
    Timestamp first = Timestamp::max();
    Timestamp last = Timestamp::min();
    void add(Timestamp from, Timestamp to, std::uint64_t times) {
      count += times;
      first = std::min(first, from);
      last = std::max(last, to);
    }
  };
  Deed calls;    ///< to its server or, where there is none, to peers
  Deed probes;   ///< while scanning
  Deed packets;  ///< at victims
};

/// An infected line, for how long, and what its bot did so far.
struct Infection {
  const Botnet* botnet = nullptr;
  Subscriber line;
  std::uint32_t number = 0;  ///< within its botnet
  Timestamp from;            ///< infected then; the scenario's start: before it
  Timestamp until;
  bool newly = false;  ///< the infection itself is seen
  BotActivity activity;

  /// A call of the bot to an endpoint, with nothing in it yet.
  [[nodiscard]] Exchange call(Draws& draws, const Endpoint& to, std::uint32_t subject,
                              Timestamp when) const;
};

/// One thing that a bot does. Unlike the lines' habits it remembers: what it has said, to whom, and
/// when it goes on. Asked window after window, in order, by one thread at a time; adds what it did
/// to the infection, which outlives it.
class BotPart {
 public:
  virtual ~BotPart() = default;
  virtual void act(const Window& window, Wire& wire) = 0;
};

[[nodiscard]] std::unique_ptr<BotPart> make_keep_alive(Infection& bot, Draws draws);
[[nodiscard]] std::unique_ptr<BotPart> make_polls(Infection& bot, Draws draws);
[[nodiscard]] std::unique_ptr<BotPart> make_peers(Infection& bot, Draws draws);
[[nodiscard]] std::unique_ptr<BotPart> make_loading(Infection& bot, Draws draws);
[[nodiscard]] std::unique_ptr<BotPart> make_scanning(Infection& bot, Draws draws);
[[nodiscard]] std::unique_ptr<BotPart> make_flooding(Infection& bot, Draws draws);

/// Everything that the infection's kind of bot does.
[[nodiscard]] std::vector<std::unique_ptr<BotPart>> parts_of(Infection& bot, Draws draws);

}  // namespace noroshi::simulate
