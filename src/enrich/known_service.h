#pragma once

#include "model/service.h"
#include "net/endpoint.h"

namespace noroshi {

/// What is published about a port or an address: IANA's "Service Name and Transport Protocol Port
/// Number Registry", the operators' own pages for push services and public resolvers.
///
/// - kHard: services whose small, regular, long-lived or unanswered traffic is their very purpose
///   (time, names, address assignment, discovery, push) and whose port is rarely borrowed, and the
///   addresses of public resolvers and time servers.
/// - kSoft: what nearly every host calls and C&C servers borrow too (HTTPS, mail, MQTT over TLS,
///   STUN, VPN keep-alives).
/// - kNone with a name: known, but no excuse: HTTP, Telnet, IRC.
///
/// Known hole: anybody may run a C&C server on such a port. A hard port at an address that is not a
/// published resolver's is still suppressed in this first form.
[[nodiscard]] KnownService known_service(const Endpoint& endpoint);

}  // namespace noroshi
