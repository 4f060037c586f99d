#pragma once

#include <sys/types.h>

#include <string>

namespace noroshi {

/// The name of a Unix account; "#1234" where the system knows none, which no policy can name.
[[nodiscard]] std::string account_of(uid_t user);
/// That of this process.
[[nodiscard]] std::string own_account();

}  // namespace noroshi
