#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace noroshi {

/// Sends datagrams to one UDP endpoint, no faster than a rate and no more than a total.
///
/// Simulated flows that reach somebody else's collector are lies in his books: addresses beyond
/// loopback are refused unless the person says that it is meant.
class DatagramSender {
 public:
  static constexpr std::uint32_t kHighestRate = 100'000;  // datagrams a second
  static constexpr std::uint64_t kMostDatagrams = 50'000'000;

  struct Config {
    std::uint32_t datagrams_per_second = 2'000;  ///< 1 to kHighestRate
    bool allow_remote = false;
  };

  /// `target` is "HOST:PORT" or "[IPV6]:PORT"; the host may be a name.
  [[nodiscard]] static Result<DatagramSender> open(std::string_view target, Config config);
  ~DatagramSender();
  DatagramSender(DatagramSender&& other) noexcept;
  DatagramSender& operator=(DatagramSender&&) = delete;

  /// Waits for its turn, then sends. Fails when nobody listens, or beyond kMostDatagrams.
  [[nodiscard]] Status send(std::span<const std::byte> datagram);
  [[nodiscard]] std::uint64_t sent() const { return sent_; }

 private:
  DatagramSender(std::string target, int socket, std::uint32_t datagrams_per_second);

  std::string target_;
  int socket_;
  std::chrono::nanoseconds interval_;
  std::chrono::steady_clock::time_point next_;
  std::uint64_t sent_ = 0;
};

}  // namespace noroshi
