#pragma once

#include <chrono>
#include <cstdint>

#include "simulate/diurnal.h"
#include "simulate/exchange.h"
#include "simulate/random.h"
#include "simulate/services.h"
#include "simulate/traffic.h"

namespace noroshi::simulate {

/// A subscriber's line and what its habits share.
struct Line {
  std::uint32_t index = 0;
  IpAddress v4;
  IpAddress v6;  ///< none for lines without IPv6
  std::uint16_t next_port = 0;
  Random random{0};

  /// The port of the next outgoing conversation.
  std::uint16_t open_port();
};

/// Something that a line does again and again.
class Habit {
 public:
  static constexpr Timestamp kNever = Timestamp::max();

  virtual ~Habit() = default;
  /// Does what is due at `now` and says when to be asked again: later than `now`, or kNever.
  virtual Timestamp act(Timestamp now, Line& line, Traffic& traffic) = 0;
};

/// An exchange from the line to a server, over IPv6 where both have it; no packets yet.
[[nodiscard]] Exchange call(Line& line, const Server& server, std::uint16_t server_port,
                            Protocol protocol, Timestamp start);
/// The same to a server that is known by its IPv4 address alone.
[[nodiscard]] Exchange call(Line& line, const IpAddress& server, std::uint16_t server_port,
                            Protocol protocol, Timestamp start);
/// An exchange in which a stranger calls the line.
[[nodiscard]] Exchange called(Line& line, const IpAddress& client, std::uint16_t server_port,
                              Timestamp start);

/// Asks the provider's resolver for a name.
void look_up(Line& line, const Services& services, Timestamp when, Traffic& traffic);

/// The exponential wait for something people do with this mean at their busiest hour.
[[nodiscard]] std::chrono::milliseconds diurnal_wait(Random& random, Timestamp now,
                                                     std::chrono::milliseconds mean);

}  // namespace noroshi::simulate
