#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstddef>

#include "collect/listen_address.h"

namespace noroshi {

/// An address and port as the kernel wants them.
struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;

  [[nodiscard]] static SocketAddress of(const IpAddress& address, Port port);
  [[nodiscard]] const sockaddr* get() const;
  [[nodiscard]] int family() const { return storage.ss_family; }
};

struct Peer {
  IpAddress address;
  Port port;
};

/// What the kernel wrote; no address where it is of neither family.
[[nodiscard]] Peer peer_of(const sockaddr_storage& storage);

/// The port a bound socket has.
[[nodiscard]] Port bound_port(int socket);

}  // namespace noroshi
