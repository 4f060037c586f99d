#include "desk/account.h"

#include <fmt/format.h>
#include <pwd.h>
#include <sys/stat.h>
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

std::string owner_account(std::filesystem::path folder) {
  struct stat status {};
  while (::stat(folder.c_str(), &status) != 0) {
    const auto above = folder.parent_path();
    if (above == folder) return "";
    folder = above.empty() ? "." : above;
  }
  return account_of(status.st_uid);
}

std::string own_account() { return account_of(::geteuid()); }

}  // namespace noroshi
