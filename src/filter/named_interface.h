#pragma once

#include <cstdint>
#include <string>

#include "net/prefix.h"

namespace noroshi {

/// An interface that has a name: by configuration, or because its exporter said so.
struct NamedInterface {
  Prefix exporter;  ///< one exporter, or all that the configuration takes together
  std::uint32_t index = 0;
  std::string name;         ///< may be empty, then `description` is not or `configured` is true
  std::string description;  ///< as the exporter states it; may be empty
  bool external = false;    ///< leads out of the own network, by configuration
  bool configured = false;  ///< else announced by the exporter

  friend bool operator==(const NamedInterface&, const NamedInterface&) = default;
};

}  // namespace noroshi
