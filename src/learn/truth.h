#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "net/endpoint.h"
#include "simulate/network.h"

namespace noroshi {

/// What a server really was, as far as learning asks.
enum class ServerRole : std::uint8_t {
  kCommand,   ///< a C&C server: to be found
  kService,   ///< innocent, and known by name: the hard ones
  kOrdinary,  ///< innocent: nothing is said of it
  kPeer,      ///< a peer of a peer-to-peer botnet: hostile, commands nobody, never a C&C server
  kVictim,    ///< was flooded
  kHelper,    ///< a botnet's loader or report server: neither to be found nor a false alarm
  kSinkhole,  ///< stands where a C&C server stood: neither
};
inline constexpr std::size_t kServerRoles = 7;
[[nodiscard]] std::string_view to_string(ServerRole role);

/// Whether a server of that role counts as innocent where it is called a C&C server.
[[nodiscard]] constexpr bool is_negative(ServerRole role) {
  return role == ServerRole::kService || role == ServerRole::kOrdinary ||
         role == ServerRole::kPeer || role == ServerRole::kVictim;
}

struct ServerTruth {
  ServerRole role = ServerRole::kOrdinary;
  std::string kind{};         ///< habit or kind of botnet; may be empty
  std::string family{};       ///< of malware; empty for the innocent
  std::uint64_t lines = 0;    ///< infected lines that called it; of the innocent an estimate
  std::uint64_t packets = 0;  ///< before sampling; 0: not said
  std::uint64_t first = 0;    ///< ms since 1970 UTC; 0: nobody called
  std::uint64_t last = 0;
};

/// The truth of one network, of a truth file (docs/reference/truth.md) or of a simulation under
/// way. A server that is not in it is an ordinary one.
struct NetworkTruth {
  std::string name;
  std::uint64_t seed = 0;
  std::uint64_t lines = 0;
  Timestamp start{};
  Timestamp end{};
  std::vector<std::string> local_prefixes{};
  struct View {
    std::string name;
    std::uint32_t sampling = 0;
  };
  std::vector<View> views{};
  std::unordered_map<Endpoint, ServerTruth> servers{};
};

/// Either form of the file. kMalformed, with the line, for anything else.
[[nodiscard]] Result<NetworkTruth> parse_truth(std::string_view text, const std::string& name);
/// Of a simulation, as far as it has come.
[[nodiscard]] NetworkTruth truth_of(const simulate::Network& network);

}  // namespace noroshi
