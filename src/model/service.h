#pragma once

#include <cstdint>
#include <string_view>

namespace noroshi {

/// How far being a known service speaks against an endpoint's being a C&C server.
enum class ServiceWeight : std::uint8_t {
  kNone,  ///< nothing known
  kSoft,  ///< a usual service behind which C&C servers live too: shifts the odds
  kHard,  ///< a service whose regular, small traffic is its very purpose: suppresses
};

/// What an endpoint is known to be, from published facts about its port and address.
struct KnownService {
  ServiceWeight weight = ServiceWeight::kNone;
  std::string_view name;  ///< static, lower case: "ntp", "https"; empty when not known
};

}  // namespace noroshi
