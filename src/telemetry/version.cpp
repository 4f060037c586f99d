#include "telemetry/version.h"

namespace noroshi {

std::string_view version() { return NOROSHI_VERSION; }

}  // namespace noroshi
