#pragma once

#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "decode/datagram.h"

namespace noroshi {

/// A datagram from the kernel.
struct ReceivedDatagram {
  Datagram datagram;  ///< views the receiver's memory
  /// Datagrams the kernel has dropped at this socket so far, if it said (SO_RXQ_OVFL).
  std::uint32_t kernel_drops = 0;
};

/// The memory into which a thread receives, many datagrams a call (recvmmsg); allocated once.
class DatagramReceiver {
 public:
  static constexpr std::size_t kMost = 64;  // datagrams a call

  DatagramReceiver();
  DatagramReceiver(const DatagramReceiver&) = delete;
  DatagramReceiver& operator=(const DatagramReceiver&) = delete;

  /// Those that wait at a non-blocking socket, at most kMost, in order of arrival; none if none
  /// waits. They are valid until the next call. Arrival is the kernel's; where it has none, `now`.
  [[nodiscard]] std::span<const ReceivedDatagram> receive(int socket, Timestamp now);

 private:
  // Neighbouring buffers begin at different places of a page, or all would fight for the same lines
  // of the processor's caches.
  static constexpr std::size_t kLongest = 65'536;
  static constexpr std::size_t kStride = kLongest + 1'600;
  static constexpr std::size_t kControl = 128;

  struct alignas(cmsghdr) Control {
    std::array<char, kControl> octets;
  };

  std::vector<std::byte> payloads_;
  std::array<sockaddr_storage, kMost> peers_{};
  std::array<Control, kMost> controls_{};
  std::array<iovec, kMost> vectors_{};
  std::array<mmsghdr, kMost> messages_{};
  std::array<ReceivedDatagram, kMost> received_{};
};

}  // namespace noroshi
