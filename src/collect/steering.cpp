#include "collect/steering.h"

#include <fmt/format.h>
#include <linux/filter.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

#ifndef SO_ATTACH_REUSEPORT_CBPF
#error "the kernel headers are older than Linux 4.5"
#endif

namespace noroshi {
namespace {

constexpr std::uint32_t kFirstFactor = 0x9e3779b1;
constexpr std::uint32_t kSecondFactor = 0x85ebca77;

constexpr sock_filter load_word(std::uint32_t network_offset) {
  // SKF_NET_OFF is negative: the kernel knows such offsets as "from the network header".
  return {BPF_LD | BPF_W | BPF_ABS, 0, 0, static_cast<std::uint32_t>(SKF_NET_OFF) + network_offset};
}
constexpr sock_filter load_byte(std::uint32_t network_offset) {
  return {BPF_LD | BPF_B | BPF_ABS, 0, 0, static_cast<std::uint32_t>(SKF_NET_OFF) + network_offset};
}
constexpr sock_filter operation(std::uint16_t code, std::uint32_t operand) {
  return {static_cast<std::uint16_t>(BPF_ALU | code | BPF_K), 0, 0, operand};
}
constexpr sock_filter exclusive_or_x() { return {BPF_ALU | BPF_XOR | BPF_X, 0, 0, 0}; }
constexpr sock_filter copy_to_x() { return {BPF_MISC | BPF_TAX, 0, 0, 0}; }

}  // namespace

std::size_t Steering::worker_of(const IpAddress& exporter) const {
  std::uint32_t hash = exporter.v4();
  if (!exporter.is_v4()) {
    hash = 0;
    for (std::size_t word = 0; word < 4; ++word)
      hash ^= load_big_endian<std::uint32_t>(exporter.bytes().data() + 4 * word);
  }
  hash = (hash ^ seed) * kFirstFactor;
  hash = (hash ^ hash >> 15) * kSecondFactor;
  return (hash >> 16) % workers;
}

Status Steering::attach(int socket) const {
  constexpr std::uint32_t kIpv4Source = 12;
  constexpr std::uint32_t kIpv6Source = 8;
  std::array program{
      load_byte(0),  // version in the upper half
      operation(BPF_RSH, 4),
      sock_filter{BPF_JMP | BPF_JEQ | BPF_K, 0, 2, 4},
      load_word(kIpv4Source),
      sock_filter{BPF_JMP | BPF_JA, 0, 0, 10},
      load_word(kIpv6Source),
      copy_to_x(),
      load_word(kIpv6Source + 4),
      exclusive_or_x(),
      copy_to_x(),
      load_word(kIpv6Source + 8),
      exclusive_or_x(),
      copy_to_x(),
      load_word(kIpv6Source + 12),
      exclusive_or_x(),
      // Both families: the same arithmetic as worker_of().
      operation(BPF_XOR, seed),
      operation(BPF_MUL, kFirstFactor),
      copy_to_x(),
      operation(BPF_RSH, 15),
      exclusive_or_x(),
      operation(BPF_MUL, kSecondFactor),
      operation(BPF_RSH, 16),
      operation(BPF_MOD, workers),
      sock_filter{BPF_RET | BPF_A, 0, 0, 0},
  };
  const sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
  if (::setsockopt(socket, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &filter, sizeof filter) != 0)
    return failure(ErrorCode::kUnsupported,
                   fmt::format("cannot steer exporters to workers: {}", std::strerror(errno)));
  return {};
}

}  // namespace noroshi
