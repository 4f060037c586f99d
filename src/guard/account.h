#pragma once

#include <sys/types.h>

#include <string>

namespace noroshi {

/// The name of a Unix account; "uid 1234" for a user that has none, which no person of a policy can
/// be called: Unix allows no space in names.
[[nodiscard]] std::string account_of(uid_t user);

}  // namespace noroshi
