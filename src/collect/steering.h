#pragma once

#include <cstddef>
#include <cstdint>

#include "base/result.h"
#include "net/ip_address.h"

namespace noroshi {

/// Which of several sockets on one port receives an exporter's datagrams: a function of its address
/// alone. So they stay in order, and its templates are needed in one place, whatever source ports
/// it uses. `seed` keeps outsiders from aiming at one worker.
struct Steering {
  std::uint32_t workers = 1;
  std::uint32_t seed = 0;

  /// Below `workers`.
  [[nodiscard]] std::size_t worker_of(const IpAddress& exporter) const;

  /// Has the kernel do the same for the SO_REUSEPORT group of this bound UDP socket: a classic BPF
  /// program (SO_ATTACH_REUSEPORT_CBPF) that names the socket by the order of binding.
  Status attach(int socket) const;
};

}  // namespace noroshi
