#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "base/result.h"
#include "guard/pseudonym/pseudonymiser.h"
#include "net/prefix.h"

namespace noroshi {

/// Keeps the tables of a Pseudonymiser in step with the configured ranges, the key file and the
/// clock. Calls come from one thread; drawing the tables of an IPv4 /8 takes about a second.
class PseudonymKeeper {
 public:
  struct Config {
    std::filesystem::path key_file;
    std::vector<Prefix> subscribers;  ///< none: nothing is replaced, and no key is needed
  };

  explicit PseudonymKeeper(Pseudonymiser& pseudonymiser) : pseudonymiser_(pseudonymiser) {}

  /// Takes over a configuration, or fails with a line that says what to do and changes nothing. New
  /// ranges are noted beside the key file.
  Status load(Config config, std::uint64_t now_hour);
  /// Once a second or so: takes over keys that were added or retired, and those whose time has
  /// come. True when it had something to do.
  Result<bool> tick(std::uint64_t now_hour);

 private:
  /// What tells one state of a file from another.
  struct FileState {
    std::uint64_t inode = 0;
    std::int64_t seconds = 0;
    std::int64_t nanoseconds = 0;
    friend bool operator==(const FileState&, const FileState&) = default;
  };
  static FileState state_of(const std::filesystem::path& path);

  Pseudonymiser& pseudonymiser_;
  Config config_;
  FileState seen_;
  std::uint64_t hour_ = 0;
};

/// What a process that holds keys does first: no core dump of it is ever written, and no process
/// but the superuser's may look into its memory.
void forbid_dumps();

}  // namespace noroshi
