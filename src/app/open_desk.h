#pragma once

#include <memory>
#include <string>

#include "app/config.h"
#include "base/result.h"
#include "desk/desk.h"

namespace noroshi {

/// Where a command of this machine finds stored data.
struct DeskPlace {
  std::string config = "/etc/noroshi/noroshi.toml";
  bool config_stated = false;  ///< else a missing file means the defaults
  std::string store;           ///< a history folder of `noroshi collect --store`; overrides config
};

/// The configuration of a place; of a store, the defaults with history and state there.
[[nodiscard]] Result<Config> config_at(const DeskPlace& place);

/// The running daemon's desk if one serves, else one of our own over the store itself: the answers
/// are the same. Without either, one clear line.
[[nodiscard]] Result<std::unique_ptr<Desk>> open_desk(const DeskPlace& place);

}  // namespace noroshi
