#pragma once

#include <chrono>
#include <memory>

#include "simulate/habits/service.h"

namespace noroshi::simulate {

/// What most devices do all day: small messages to one server of theirs at an interval of theirs.
/// Each such habit is a KeepAlive with figures of its own.
struct KeepAlive {
  enum class Style : std::uint8_t {
    kConnection,  ///< on one TCP connection, which lasts about `lifetime`
    kPolls,       ///< on a TCP connection of its own each time
    kDatagrams,   ///< UDP, always from the same port
  };
  struct Octets {
    std::uint32_t least = 0;
    std::uint32_t most = 0;
  };

  Service::Kind service;
  Style style = Style::kConnection;
  std::uint32_t most_devices = 1;       ///< of a line that has the habit: 1 to so many
  Few<std::chrono::seconds> intervals;  ///< each device has one of them
  std::uint32_t jitter_permille = 5;    ///< of the interval, either way
  /// Timers that begin anew after each answer: a device's interval is longer by up to so much.
  std::chrono::milliseconds lag{400};
  std::chrono::hours lifetime{24};
  Octets up{30, 30};  ///< application data of a beat
  Octets down{30, 30};
  std::uint16_t client_port = 0;     ///< 0: any
  std::uint32_t burst_permille = 0;  ///< beats that come with something larger
  Octets burst_up{0, 0};
  Octets burst_down{0, 0};
  std::uint32_t people_permille = 0;  ///< of beats happen only when people are busy
};

[[nodiscard]] std::unique_ptr<LineHabit> keep_alive(const HabitSetting& setting, KeepAlive shape);

}  // namespace noroshi::simulate
