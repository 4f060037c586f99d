#include "collect/udp_socket.h"

#include <fmt/format.h>
#include <linux/sock_diag.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <limits>

#include "collect/socket_address.h"

namespace noroshi {
namespace {

bool set(int socket, int level, int option, int value) {
  return ::setsockopt(socket, level, option, &value, sizeof value) == 0;
}

tl::unexpected<Error> refused(const ListenAddress& address, const char* attempt) {
  const int cause = errno;
  const auto code = cause == EACCES || cause == EPERM ? ErrorCode::kPermission : ErrorCode::kIo;
  const char* help = cause == EADDRINUSE ? " (another collector?)" : "";
  return failure(code, fmt::format("{}: cannot {}: {}{}", address.to_string(), attempt,
                                   std::strerror(cause), help));
}

Result<FileDescriptor> make_socket(const ListenAddress& address, bool ipv6_only) {
  const int family = address.address.is_v4() ? AF_INET : AF_INET6;
  FileDescriptor descriptor(::socket(family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!descriptor.is_open()) return refused(address, "open a socket");
  if (family == AF_INET6 && !set(descriptor.get(), IPPROTO_IPV6, IPV6_V6ONLY, ipv6_only ? 1 : 0))
    return refused(address, "choose the address families");
  return descriptor;
}

Status bind_to(const FileDescriptor& descriptor, const ListenAddress& address) {
  const auto where = SocketAddress::of(address.address, address.port);
  if (::bind(descriptor.get(), where.get(), where.length) != 0) return refused(address, "listen");
  return {};
}

/// Asks for a receive buffer, with the right to go beyond net.core.rmem_max if we have it; returns
/// what was granted. The kernel doubles what is asked, for its own bookkeeping, and shows that.
std::size_t grow_receive_buffer(int socket, std::size_t octets) {
  const auto asked =
      static_cast<int>(std::min<std::size_t>(octets, std::numeric_limits<int>::max() / 2));
  if (!set(socket, SOL_SOCKET, SO_RCVBUFFORCE, asked)) set(socket, SOL_SOCKET, SO_RCVBUF, asked);
  int granted = 0;
  socklen_t length = sizeof granted;
  if (::getsockopt(socket, SOL_SOCKET, SO_RCVBUF, &granted, &length) != 0) return 0;
  return static_cast<std::size_t>(granted) / 2;
}

}  // namespace

Status UdpSocket::check_free(const ListenAddress& address, Config config) {
  const auto probe = TRY(make_socket(address, config.ipv6_only));
  return bind_to(probe, address);
}

Result<UdpSocket> UdpSocket::open(const ListenAddress& address, Config config) {
  auto descriptor = TRY(make_socket(address, config.ipv6_only));
  const int socket = descriptor.get();
  if (!set(socket, SOL_SOCKET, SO_REUSEPORT, 1)) return refused(address, "share the port");
  if (!set(socket, SOL_SOCKET, SO_TIMESTAMPNS, 1)) return refused(address, "get kernel timestamps");
  if (!set(socket, SOL_SOCKET, SO_RXQ_OVFL, 1)) return refused(address, "get kernel drop counts");
  const auto granted = grow_receive_buffer(socket, config.receive_buffer);
  TRY(bind_to(descriptor, address));
  return UdpSocket(std::move(descriptor), granted);
}

Port UdpSocket::port() const { return bound_port(descriptor_.get()); }

std::uint32_t UdpSocket::kernel_drops() const {
  // SO_RXQ_OVFL tells of drops with the next datagram only; this also of those behind the last one.
  std::array<std::uint32_t, SK_MEMINFO_VARS> information{};
  socklen_t length = sizeof information;
  if (::getsockopt(descriptor_.get(), SOL_SOCKET, SO_MEMINFO, information.data(), &length) != 0)
    return 0;
  return information[SK_MEMINFO_DROPS];
}

}  // namespace noroshi
