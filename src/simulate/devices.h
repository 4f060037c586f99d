#pragma once

#include <memory>

#include "simulate/habit.h"

namespace noroshi::simulate {

// What devices do by themselves: as regular as a bot, and innocent. The truth names their servers
// as hard negatives. `services` must outlive the habit.

/// NTP (RFC 5905): polls every 2^6 to 2^10 s, longer as the clock settles.
[[nodiscard]] std::unique_ptr<Habit> ntp(const Services& services, Line& line);
/// Telephones' push channel: TCP 5223 or 5228, kept alive every 15–28 minutes, never closed.
[[nodiscard]] std::unique_ptr<Habit> push(const Services& services, Line& line);
/// Cameras: MQTT over TLS (8883) kept alive every 60 s to one vendor's cloud, and a clip now and
/// then. The hardest negative: it beats like the botnet's keep-alive.
[[nodiscard]] std::unique_ptr<Habit> camera(const Services& services, Line& line);
/// Other things with a vendor: a small UDP or TCP heartbeat every half minute to five minutes.
[[nodiscard]] std::unique_ptr<Habit> vendor_heartbeat(const Services& services, Line& line);
/// Work from home: a tunnel (UDP 4500) with a keep-alive every 20–25 s and bursts of traffic.
[[nodiscard]] std::unique_ptr<Habit> vpn(const Services& services, Line& line);
/// The line is called by strangers that scan the Internet: the noise every address hears.
[[nodiscard]] std::unique_ptr<Habit> inbound_scans(const Services& services);

}  // namespace noroshi::simulate
