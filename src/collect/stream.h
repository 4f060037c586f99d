#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace noroshi {

/// The receiving end of a connection that never blocks.
class Stream {
 public:
  enum class State : std::uint8_t {
    kOctets,     ///< some came
    kWaitRead,   ///< none now: wait until the socket can be read …
    kWaitWrite,  ///< … or written, as TLS sometimes must
    kEnd,        ///< the other side is done
    kFailed,
  };
  struct Read {
    State state;
    std::size_t octets = 0;
  };

  virtual ~Stream() = default;
  [[nodiscard]] virtual Read read(std::span<std::byte> into) = 0;
};

/// A TCP connection as it is. Does not own the socket.
[[nodiscard]] std::unique_ptr<Stream> plain_stream(int socket);

}  // namespace noroshi
