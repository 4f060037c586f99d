#include "collect/stream.h"

#include <sys/socket.h>

#include <cerrno>

// Door (in): IPFIX over TCP and TLS. Guard: as datagrams; a message has at most 64 KiB.

namespace noroshi {
namespace {

class PlainStream final : public Stream {
 public:
  explicit PlainStream(int socket) : socket_(socket) {}

  Read read(std::span<std::byte> into) override {
    const auto got = ::recv(socket_, into.data(), into.size(), MSG_DONTWAIT);
    if (got > 0) return {State::kOctets, static_cast<std::size_t>(got)};
    if (got == 0) return {State::kEnd};
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return {State::kWaitRead};
    return {State::kFailed};
  }

 private:
  int socket_;
};

}  // namespace

std::unique_ptr<Stream> plain_stream(int socket) { return std::make_unique<PlainStream>(socket); }

}  // namespace noroshi
