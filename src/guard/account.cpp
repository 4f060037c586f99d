#include "guard/account.h"

#include <pwd.h>

#include <vector>

namespace noroshi {

std::string account_of(uid_t user) {
  std::vector<char> space(16 * 1024);
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(user, &entry, space.data(), space.size(), &found) == 0 && found != nullptr)
    return found->pw_name;
  return "uid " + std::to_string(user);
}

}  // namespace noroshi
