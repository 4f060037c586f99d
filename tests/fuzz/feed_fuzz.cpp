// A format (the first octet) and a text → indicators, or an error; every line is accounted for, and
// every server is one that could be.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "intel/feed.h"
#include "net/address_kind.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace noroshi;
  if (size == 0) return 0;
  const auto format = static_cast<FeedFormat>(data[0] % 4);
  const auto reading =
      read_feed({reinterpret_cast<const char*>(data + 1), size - 1}, format, "family");
  if (!reading) return 0;
  CHECK(reading->indicators.size() + reading->passed_over + reading->malformed <= reading->lines);
  CHECK(reading->malformed * 2 <= reading->lines);
  for (const auto& indicator : reading->indicators)
    CHECK(kind_of(indicator.server) == AddressKind::kGlobal && !indicator.server.is_pseudonym());
  return 0;
}
