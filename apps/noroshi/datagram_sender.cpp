#include "datagram_sender.h"

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <thread>
#include <utility>

// Door (out): simulated flows as export datagrams. Guard: made up by the simulator; to the address
// that the user names.

namespace noroshi {
namespace {

struct FreeAddresses {
  void operator()(addrinfo* addresses) const { ::freeaddrinfo(addresses); }
};

bool is_loopback(const addrinfo& address) {
  if (address.ai_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, address.ai_addr, std::min<std::size_t>(sizeof v4, address.ai_addrlen));
    return ntohl(v4.sin_addr.s_addr) >> 24 == 127;
  }
  sockaddr_in6 v6{};
  std::memcpy(&v6, address.ai_addr, std::min<std::size_t>(sizeof v6, address.ai_addrlen));
  return IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
}

struct HostAndPort {
  std::string host;
  std::string port;
};

Result<HostAndPort> split(std::string_view target) {
  const auto colon = target.rfind(':');
  const auto refused = [&] {
    return failure(ErrorCode::kInvalidArgument,
                   fmt::format("{}: not HOST:PORT such as 127.0.0.1:2055 or [::1]:2055", target));
  };
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == target.size()) return refused();
  auto host = target.substr(0, colon);
  const auto port = target.substr(colon + 1);
  if (port.size() > 5 || port.find_first_not_of("0123456789") != std::string_view::npos)
    return refused();
  const auto number = std::stoul(std::string(port));
  if (number == 0 || number > 65'535) return refused();
  if (host.starts_with('[') && host.ends_with(']'))
    host = host.substr(1, host.size() - 2);
  else if (host.find(':') != std::string_view::npos)
    return refused();
  if (host.empty()) return refused();
  return HostAndPort{std::string(host), std::string(port)};
}

}  // namespace

Result<DatagramSender> DatagramSender::open(std::string_view target, Config config) {
  const auto [host, port] = TRY(split(target));
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_DGRAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (const int fault = ::getaddrinfo(host.c_str(), port.c_str(), &hints, &found); fault != 0)
    return failure(ErrorCode::kNotFound, fmt::format("{}: {}", target, ::gai_strerror(fault)));
  const std::unique_ptr<addrinfo, FreeAddresses> addresses(found);
  // The first address alone is used, so it alone is judged.
  if (!config.allow_remote && !is_loopback(*addresses))
    return failure(ErrorCode::kPermission,
                   fmt::format("{}: not a loopback address; simulated flows go elsewhere only with "
                               "--allow-remote",
                               target));
  const int socket = ::socket(addresses->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket < 0)
    return failure(ErrorCode::kIo,
                   fmt::format("{}: cannot open a socket: {}", target, std::strerror(errno)));
  DatagramSender sender(std::string(target), socket, config.datagrams_per_second);
  if (::connect(socket, addresses->ai_addr, addresses->ai_addrlen) != 0)
    return failure(ErrorCode::kIo,
                   fmt::format("{}: cannot connect: {}", target, std::strerror(errno)));
  return sender;
}

DatagramSender::DatagramSender(std::string target, int socket, std::uint32_t datagrams_per_second)
    : target_(std::move(target)),
      socket_(socket),
      interval_(std::chrono::nanoseconds(std::chrono::seconds(1)) / datagrams_per_second),
      next_(std::chrono::steady_clock::now()) {}

DatagramSender::DatagramSender(DatagramSender&& other) noexcept
    : target_(std::move(other.target_)),
      socket_(std::exchange(other.socket_, -1)),
      interval_(other.interval_),
      next_(other.next_),
      sent_(other.sent_) {}

DatagramSender::~DatagramSender() {
  if (socket_ >= 0) ::close(socket_);
}

Status DatagramSender::send(std::span<const std::byte> datagram) {
  if (sent_ == kMostDatagrams)
    return failure(ErrorCode::kLimit,
                   fmt::format("{}: {} datagrams sent, the most that one run may send", target_,
                               kMostDatagrams));
  // A late start is not caught up with: the rate is a bound, not an average.
  next_ = std::max(next_, std::chrono::steady_clock::now() - interval_);
  std::this_thread::sleep_until(next_);
  next_ += interval_;
  if (::send(socket_, datagram.data(), datagram.size(), 0) < 0) {
    if (errno == ECONNREFUSED)
      return failure(ErrorCode::kIo, fmt::format("{}: nobody listens there", target_));
    return failure(ErrorCode::kIo,
                   fmt::format("{}: cannot send: {}", target_, std::strerror(errno)));
  }
  ++sent_;
  return {};
}

}  // namespace noroshi
