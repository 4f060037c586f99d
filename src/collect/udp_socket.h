#pragma once

#include <cstddef>
#include <cstdint>

#include "base/result.h"
#include "collect/file_descriptor.h"
#include "collect/listen_address.h"

namespace noroshi {

/// One non-blocking UDP socket of a listening address, with kernel timestamps and drop counts.
class UdpSocket {
 public:
  struct Config {
    std::size_t receive_buffer = 32u << 20;  ///< octets; the kernel may grant fewer
    bool ipv6_only = false;                  ///< of "::": leave IPv4 to another socket
  };

  /// Fails where somebody else has the address, as another collector would silently take half of
  /// the datagrams: SO_REUSEPORT lets a second process of the same user in.
  [[nodiscard]] static Status check_free(const ListenAddress& address, Config config);
  /// Opens a member of the SO_REUSEPORT group of `address`.
  [[nodiscard]] static Result<UdpSocket> open(const ListenAddress& address, Config config);

  [[nodiscard]] int descriptor() const { return descriptor_.get(); }
  [[nodiscard]] Port port() const;
  /// Octets granted.
  [[nodiscard]] std::size_t receive_buffer() const { return receive_buffer_; }
  /// Datagrams the kernel has dropped so far, as of now.
  [[nodiscard]] std::uint32_t kernel_drops() const;

 private:
  UdpSocket(FileDescriptor descriptor, std::size_t receive_buffer)
      : descriptor_(std::move(descriptor)), receive_buffer_(receive_buffer) {}

  FileDescriptor descriptor_;
  std::size_t receive_buffer_;
};

}  // namespace noroshi
