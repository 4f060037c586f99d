#include "collect/socket_address.h"

#include <cstring>

namespace noroshi {

SocketAddress SocketAddress::of(const IpAddress& address, Port port) {
  SocketAddress result;
  if (address.is_v4()) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port.value);
    v4.sin_addr.s_addr = htonl(address.v4());
    std::memcpy(&result.storage, &v4, sizeof v4);
    result.length = sizeof v4;
  } else {
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port.value);
    std::memcpy(&v6.sin6_addr, address.bytes().data(), sizeof v6.sin6_addr);
    std::memcpy(&result.storage, &v6, sizeof v6);
    result.length = sizeof v6;
  }
  return result;
}

const sockaddr* SocketAddress::get() const { return reinterpret_cast<const sockaddr*>(&storage); }

Peer peer_of(const sockaddr_storage& storage) {
  if (storage.ss_family == AF_INET) {
    sockaddr_in v4;
    std::memcpy(&v4, &storage, sizeof v4);
    return {IpAddress::from_v4(ntohl(v4.sin_addr.s_addr)), Port{ntohs(v4.sin_port)}};
  }
  if (storage.ss_family == AF_INET6) {
    sockaddr_in6 v6;
    std::memcpy(&v6, &storage, sizeof v6);
    std::array<std::byte, 16> bytes;
    std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
    return {IpAddress::from_bytes(bytes), Port{ntohs(v6.sin6_port)}};
  }
  return {};
}

Port bound_port(int socket) {
  sockaddr_storage storage{};
  socklen_t length = sizeof storage;
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&storage), &length) != 0) return {};
  return peer_of(storage).port;
}

}  // namespace noroshi
