#pragma once

#include <memory>

#include "simulate/habit.h"

namespace noroshi::simulate {

// What people do with the Internet: irregular, heavy-tailed, most of it in the evening. `services`
// must outlive the habit.

/// Pages in sittings: several connections to servers of very different popularity, each name looked
/// up first; a third of it over QUIC.
[[nodiscard]] std::unique_ptr<Habit> browsing(const Services& services);
/// Films: a chunk every few seconds for half an hour or so.
[[nodiscard]] std::unique_ptr<Habit> video(const Services& services);
/// Games: small datagrams both ways, many times a second, for tens of minutes.
[[nodiscard]] std::unique_ptr<Habit> games(const Services& services);
/// Systems and applications that ask for updates every hour or so and sometimes find a large one.
[[nodiscard]] std::unique_ptr<Habit> updates(const Services& services);

}  // namespace noroshi::simulate
