// reason: cannot convert|could not convert|no viable conversion
#include "store/history.h"

namespace noroshi {

Status read(History& history) {
  return history.read_contacts(1, [](std::span<const Contact>) { return Status(); });
}

}  // namespace noroshi
