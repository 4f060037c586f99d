#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "collect/listen_address.h"
#include "collect/steering.h"
#include "collect/udp_socket.h"

namespace noroshi {

/// The sockets of one address, one for each worker.
struct UdpGroup {
  ListenAddress address;  ///< the port filled in where any free one was asked for
  std::vector<UdpSocket> sockets;
};

struct UdpGroups {
  std::vector<UdpGroup> groups;
  Steering steering;  ///< by which the kernel chooses among the sockets of each
};

/// Opens the UDP addresses among `listen`, with as many sockets each as `wanted.workers`; where the
/// kernel does not let us steer exporters, with one. `warn` is told of that and of receive buffers
/// that are smaller than asked. Fails when any address cannot be had.
[[nodiscard]] Result<UdpGroups> open_udp_groups(
    const std::vector<ListenAddress>& listen, std::size_t receive_buffer, Steering wanted,
    const std::function<void(const std::string&)>& warn);

}  // namespace noroshi
