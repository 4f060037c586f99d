#pragma once

#include <cstdint>
#include <string>

#include "net/endpoint.h"

namespace noroshi {

/// What a source says of one server: that it commanded bots.
struct Indicator {
  IpAddress server;
  Port port{};         ///< zero: the source names the address alone
  std::string family{};  ///< as the source calls it, small letters; may be empty
  /// When the source saw it first and last, ms since 1970 UTC; zero: it does not say.
  std::uint64_t first_seen = 0;
  std::uint64_t last_seen = 0;
  /// The source says that the server did not answer when it looked last.
  bool offline = false;
};

}  // namespace noroshi
