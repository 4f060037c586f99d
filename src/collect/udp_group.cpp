#include "collect/udp_group.h"

#include <fmt/format.h>

#include <algorithm>

namespace noroshi {
namespace {

/// "::" takes IPv4 as well, unless an address of its own asks for that on the same port.
bool ipv6_only(const ListenAddress& address, const std::vector<ListenAddress>& all) {
  const bool every_address = address.address.is_none();
  return !every_address || std::ranges::any_of(all, [&](const ListenAddress& other) {
    return other.address.is_v4() && other.transport == address.transport &&
           other.port == address.port && address.port != Port{};
  });
}

/// The first socket of an address, which nobody else may have.
Result<UdpGroup> open_first(const ListenAddress& address, UdpSocket::Config config) {
  if (address.port != Port{}) TRY(UdpSocket::check_free(address, config));
  UdpGroup group{address, {}};
  group.sockets.push_back(TRY(UdpSocket::open(address, config)));
  group.address.port = group.sockets.front().port();
  return group;
}

/// True when every group is steered. One exporter may send to several addresses: all or none.
bool attach(const Steering& steering, const std::vector<UdpGroup>& groups,
            const std::function<void(const std::string&)>& warn) {
  for (const auto& group : groups) {
    const auto attached = steering.attach(group.sockets.front().descriptor());
    if (attached) continue;
    warn(attached.error().message + "; receiving with one thread");
    return false;
  }
  return true;
}

}  // namespace

Result<UdpGroups> open_udp_groups(const std::vector<ListenAddress>& listen,
                                  std::size_t receive_buffer, Steering wanted,
                                  const std::function<void(const std::string&)>& warn) {
  UdpGroups result{{}, wanted};
  std::vector<UdpSocket::Config> configs;
  for (const auto& address : listen) {
    if (address.transport != ListenTransport::kDatagrams) continue;
    configs.push_back({receive_buffer, ipv6_only(address, listen)});
    result.groups.push_back(TRY(open_first(address, configs.back())));
    const auto& opened = result.groups.back();
    const auto granted = opened.sockets.front().receive_buffer();
    if (granted < receive_buffer)
      warn(fmt::format(
          "{}: the receive buffer is capped at {} KiB of {} KiB asked: bursts may be "
          "lost; sysctl -w net.core.rmem_max={}",
          opened.address.to_string(), granted / 1024, receive_buffer / 1024, receive_buffer));
  }
  if (wanted.workers > 1 && !attach(wanted, result.groups, warn)) result.steering.workers = 1;
  for (std::size_t i = 0; i < configs.size(); ++i) {
    auto& [address, sockets] = result.groups[i];
    while (sockets.size() < result.steering.workers)
      sockets.push_back(TRY(UdpSocket::open(address, configs[i])));
  }
  return result;
}

}  // namespace noroshi
