#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "model/contact.h"
#include "model/evidence.h"
#include "model/service.h"

namespace noroshi {

/// What is known of the two ends of a contact from outside the flows.
struct ContactFacts {
  bool client_is_local = false;
  bool server_is_local = false;
  /// An address at which somebody can run a server: not multicast, broadcast, link-local …
  bool server_can_serve = false;
  KnownService service{};
};

/// What the whole window says about how a contact may be read.
struct View {
  /// 1 in N after what the window showed: kUnknown where neither stated nor recognisable.
  static constexpr std::uint32_t kUnknown = 0;
  /// Exporters of this window show only one direction of most connections: silence of a server
  /// is then no finding, except where the client never acknowledged anything.
  bool one_way = false;
  /// Rows of unstated sampling come from a sensor that evidently saw every packet.
  bool unstated_is_unsampled = false;
  std::span<const LearntTimeout> timeouts{};

  [[nodiscard]] std::uint32_t sampling_of(const Contact& contact) const {
    if (contact.sampling_rate != 0) return contact.sampling_rate;
    return unstated_is_unsampled ? 1 : kUnknown;
  }
};

/// Did the client come back, or stay? A single short connection is no sign of being commanded.
[[nodiscard]] bool is_sustained(const Contact& contact);

/// Connections that were not accepted, as far as the view allows to know.
[[nodiscard]] std::uint64_t unanswered(const Contact& contact, const View& view);

/// "12.3 s", "10 min", "3.2 h": a length of time for a sentence.
[[nodiscard]] std::string print_seconds(double seconds);

}  // namespace noroshi
