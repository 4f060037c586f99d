#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "simulate/habits/line_habit.h"

namespace noroshi::simulate {

// Each in a file of its own, which says where its figures come from.
extern const HabitEntry kWeb;
extern const HabitEntry kVideo;
extern const HabitEntry kGames;
extern const HabitEntry kCalls;
extern const HabitEntry kUpdates;
extern const HabitEntry kResolvers;
extern const HabitEntry kDoh;
extern const HabitEntry kNtp;
extern const HabitEntry kPush;
extern const HabitEntry kMqttCloud;
extern const HabitEntry kCameraRelay;
extern const HabitEntry kStun;
extern const HabitEntry kVpn;
extern const HabitEntry kMonitoring;
extern const HabitEntry kTelemetry;
extern const HabitEntry kVendorHeartbeat;
extern const HabitEntry kMail;
extern const HabitEntry kIrcUsers;
extern const HabitEntry kCryptoPool;
extern const HabitEntry kBittorrent;
extern const HabitEntry kVisitors;
extern const HabitEntry kUptimeChecks;

/// All of them, in an order that never changes: a habit's number decides its draws. New ones are
/// put at the end.
[[nodiscard]] std::span<const HabitEntry* const> habit_catalogue();
/// Their names, and "inbound_scans", which strangers do.
[[nodiscard]] const std::vector<std::string_view>& habit_names();

/// What every address hears (inbound_scans.cpp); `rate_permille` of the usual.
[[nodiscard]] std::unique_ptr<BlockHabit> inbound_scans(const HabitSetting& setting,
                                                        std::uint32_t rate_permille);
/// The addresses of scanners that do research, a good half of what is heard.
[[nodiscard]] std::vector<IpAddress> research_scanners(const Internet& internet);

}  // namespace noroshi::simulate
