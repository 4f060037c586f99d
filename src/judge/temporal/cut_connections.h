#pragma once

#include <cstdint>
#include <span>

#include "model/contact.h"

namespace noroshi {

/// How an exporter cut long connections into the events that we have of them.
struct Cuts {
  std::size_t pieces = 0;  ///< events that continue the one before
  /// Those of them whose predecessor lasted a tenth of the time from its beginning to theirs, or
  /// longer: more than one thing was said in it, and when it ended was the exporter's doing.
  std::size_t after_longer = 0;
  /// ms. The shortest pause before any other piece; 0 where there is none. It cannot have been
  /// shorter than the idle timeout, or nothing would have been cut there.
  std::uint64_t shortest_pause = 0;
};

/// `events` as in Contact: by time, a continued one right behind what it continues.
[[nodiscard]] Cuts cuts_of(std::span<const ContactEvent> events);

}  // namespace noroshi
