#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "net/endpoint.h"
#include "summarise/conversation.h"

namespace noroshi {

/// Which side of a conversation is the server, when the conversation itself shows it: the reader
/// saw the opening, or a SYN without ACK, or the answer to one. Returns the index of the server's
/// side, or nothing.
///
/// Unidirectional rows of a whole connection carry SYN and ACK both ways; then the side whose first
/// packet is the earlier opened it. Equal times decide nothing: exporters' clocks are coarse.
[[nodiscard]] std::optional<std::size_t> server_by_opening(const Conversation& conversation);

/// Counts how many conversations meet at an endpoint, to tell a service (met from many ports) from
/// a client's ephemeral port (met once).
class FanIn {
 public:
  static constexpr std::size_t kMostEndpoints = 1'000'000;

  void add(const Conversation& conversation);
  /// A server that an opening has already shown counts as met often.
  void add_known_server(const Endpoint& server);
  /// The side that more conversations meet; nothing on a tie.
  [[nodiscard]] std::optional<std::size_t> server(const Conversation& conversation) const;

 private:
  [[nodiscard]] std::uint32_t count(const Endpoint& endpoint) const;
  void count_one(const Endpoint& endpoint, std::uint32_t weight);

  boost::unordered_flat_map<Endpoint, std::uint32_t, std::hash<Endpoint>> met_;
};

/// The last resort: a port below 1024 against one above, else the lower port, else the side that
/// did not speak first.
[[nodiscard]] std::size_t server_by_port(const Conversation& conversation);

}  // namespace noroshi
