#pragma once

#include <sys/socket.h>

#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <span>
#include <thread>
#include <vector>

#include "base/check.h"
#include "collect/file_descriptor.h"
#include "collect/listen_address.h"
#include "collect/socket_address.h"
#include "model/flow_sink.h"

// For tests over loopback.
namespace noroshi::for_test {

inline constexpr IpAddress kLoopback = IpAddress::from_v4(0x7f000001);

/// Remembers which thread brought which exporter, and the packets of its rows in order.
class RecordingSink final : public FlowSink {
 public:
  void take(FlowBatch&& batch) override {
    const std::lock_guard lock(mutex_);
    for (std::size_t row = 0; row < batch.size(); ++row) {
      threads[batch.exporter()[row]].insert(std::this_thread::get_id());
      packets[batch.exporter()[row]].push_back(batch.packets()[row]);
    }
    rows += batch.size();
  }
  std::map<IpAddress, std::set<std::thread::id>> threads;  // these two: once nothing comes any more
  std::map<IpAddress, std::vector<std::uint64_t>> packets;
  std::atomic<std::size_t> rows = 0;

 private:
  std::mutex mutex_;
};

/// Sends from one address to another, over UDP or TCP as the target says.
class Sender {
 public:
  Sender(const IpAddress& from, const ListenAddress& to)
      : socket_(::socket(
            from.is_v4() ? AF_INET : AF_INET6,
            (to.transport == ListenTransport::kDatagrams ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC,
            0)) {
    const auto source = SocketAddress::of(from, Port{});
    const auto destination = SocketAddress::of(to.address.is_none() ? from : to.address, to.port);
    CHECK(::bind(socket_.get(), source.get(), source.length) == 0);
    CHECK(::connect(socket_.get(), destination.get(), destination.length) == 0);
  }
  void send(std::span<const std::byte> payload) const {
    CHECK(::send(socket_.get(), payload.data(), payload.size(), MSG_NOSIGNAL) ==
          static_cast<ssize_t>(payload.size()));
  }
  /// True once the other side has closed the connection.
  [[nodiscard]] bool is_closed() const {
    char octet = 0;
    return ::recv(socket_.get(), &octet, 1, MSG_DONTWAIT) == 0;
  }

 private:
  FileDescriptor socket_;
};

/// Waits until `condition()` holds; false when it never does.
template <typename Condition>
bool comes_true(Condition condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

}  // namespace noroshi::for_test
