#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"

namespace noroshi {

/// Cuts a stream of octets into IPFIX messages by the length in each header (RFC 7011 §3.1, §10.4).
/// Holds at most one longest message. Not thread-safe.
class MessageFramer {
 public:
  static constexpr std::size_t kLongest = 65'535;

  MessageFramer() : buffer_(kLongest) {}

  /// Where to put the octets that come next: at least one while no whole message is held.
  /// Invalidates messages.
  [[nodiscard]] std::span<std::byte> room();
  /// So many octets have been put there.
  void add(std::size_t octets) { end_ += octets; }

  /// The next whole message, until room() is asked for; none while octets are missing. kMalformed
  /// where no message can begin: nothing behind it can be told apart any more, so the connection
  /// is of no use.
  [[nodiscard]] Result<std::optional<std::span<const std::byte>>> next();

 private:
  std::vector<std::byte> buffer_;
  std::size_t begin_ = 0;  // of what has come and was not yet taken
  std::size_t end_ = 0;
};

}  // namespace noroshi
