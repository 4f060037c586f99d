#include "desk/account.h"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <vector>

namespace noroshi {

std::string account_of(uid_t user) {
  passwd entry{};
  passwd* found = nullptr;
  std::vector<char> room(16 * 1024);
  if (::getpwuid_r(user, &entry, room.data(), room.size(), &found) != 0 || found == nullptr)
    return fmt::format("#{}", user);
  return entry.pw_name;
}

std::string own_account() { return account_of(::geteuid()); }

}  // namespace noroshi
