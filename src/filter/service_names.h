#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace noroshi {

/// The ports of a service with one set of protocols; both lists sorted.
struct ServicePorts {
  std::vector<std::uint64_t> protocols;
  std::vector<std::uint64_t> ports;
};

/// What `service NAME` means (case is ignored), after IANA's "Service Name and Transport Protocol
/// Port Number Registry" and common use; empty for a name that is not known.
[[nodiscard]] std::vector<ServicePorts> service_ports(std::string_view name);
/// Every name, for suggestions and documentation.
[[nodiscard]] std::vector<std::string_view> service_names();

}  // namespace noroshi
