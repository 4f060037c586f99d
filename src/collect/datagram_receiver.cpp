#include "collect/datagram_receiver.h"

#include <cstring>
#include <ctime>

#include "collect/socket_address.h"

// Door (in): export datagrams of routers. Guard: collected only under a filing; allow-list, rate
// cap and kernel buffer are bounded; payload is never decoded.

namespace noroshi {
namespace {

template <typename T>
T content_of(const cmsghdr* control) {
  T value{};
  if (control->cmsg_len >= CMSG_LEN(sizeof value))
    std::memcpy(&value, CMSG_DATA(control), sizeof value);
  return value;
}

Timestamp timestamp_of(const timespec& time) {
  return Timestamp(std::chrono::milliseconds(time.tv_sec * 1000 + time.tv_nsec / 1'000'000));
}

}  // namespace

DatagramReceiver::DatagramReceiver() : payloads_(kMost * kStride) {
  for (std::size_t i = 0; i < kMost; ++i) {
    vectors_[i] = {payloads_.data() + i * kStride, kLongest};
    auto& header = messages_[i].msg_hdr;
    header.msg_name = &peers_[i];
    header.msg_iov = &vectors_[i];
    header.msg_iovlen = 1;
    header.msg_control = controls_[i].octets.data();
  }
}

std::span<const ReceivedDatagram> DatagramReceiver::receive(int socket, Timestamp now) {
  for (auto& message : messages_) {
    message.msg_hdr.msg_namelen = sizeof(sockaddr_storage);
    message.msg_hdr.msg_controllen = kControl;
  }
  const int count = ::recvmmsg(socket, messages_.data(), kMost, MSG_DONTWAIT, nullptr);
  if (count <= 0) return {};
  const auto received = static_cast<std::size_t>(count);
  for (std::size_t i = 0; i < received; ++i) {
    auto& message = messages_[i];
    const auto peer = peer_of(peers_[i]);
    auto& [datagram, kernel_drops] = received_[i];
    datagram = {peer.address, peer.port, now,
                std::span(payloads_).subspan(i * kStride, message.msg_len)};
    kernel_drops = 0;
    auto* header = &message.msg_hdr;
    for (auto* control = CMSG_FIRSTHDR(header); control != nullptr;
         control = CMSG_NXTHDR(header, control)) {
      if (control->cmsg_level != SOL_SOCKET) continue;
      if (control->cmsg_type == SCM_TIMESTAMPNS)
        datagram.received = timestamp_of(content_of<timespec>(control));
      else if (control->cmsg_type == SO_RXQ_OVFL)
        kernel_drops = content_of<std::uint32_t>(control);
    }
  }
  return std::span(received_).first(received);
}

}  // namespace noroshi
