#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>

namespace noroshi {

/// The name of a Unix account; "#1234" where the system knows none, which no policy can name.
[[nodiscard]] std::string account_of(uid_t user);
/// That of this process.
[[nodiscard]] std::string own_account();
/// That to whom a folder belongs; of the nearest one above it, where it is not there.
[[nodiscard]] std::string owner_account(std::filesystem::path folder);

}  // namespace noroshi
