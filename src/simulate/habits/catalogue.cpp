#include "simulate/habits/catalogue.h"

#include <array>

namespace noroshi::simulate {

std::span<const HabitEntry* const> habit_catalogue() {
  static constexpr std::array<const HabitEntry*, 22> kAll = {
      &kWeb,        &kVideo,      &kGames,     &kCalls,           &kUpdates,     &kResolvers,
      &kDoh,        &kNtp,        &kPush,      &kMqttCloud,       &kCameraRelay, &kStun,
      &kVpn,        &kMonitoring, &kTelemetry, &kVendorHeartbeat, &kMail,        &kIrcUsers,
      &kCryptoPool, &kBittorrent, &kVisitors,  &kUptimeChecks};
  return kAll;
}

const std::vector<std::string_view>& habit_names() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> all;
    for (const auto* habit : habit_catalogue()) all.push_back(habit->name);
    all.push_back("inbound_scans");
    return all;
  }();
  return names;
}

}  // namespace noroshi::simulate
