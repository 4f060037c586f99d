#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/prefix.h"
#include "net/prefix_map.h"

namespace noroshi {

/// What it means to be on a warning list, a list of addresses that look bad and need not be.
enum class WarningClass : std::uint8_t {
  kHard,     ///< never a C&C server: public resolvers, time servers, update and push services
  kSoft,     ///< harmless as a rule, and bad ones live there too: clouds, CDNs, VPNs
  kRelabel,  ///< something else than it looks: sinkholes, scanners of researchers
};
inline constexpr std::size_t kWarningClasses = 3;
[[nodiscard]] std::string_view name_of(WarningClass kind);
/// "hard", "soft" or "relabel", else kInvalidArgument.
[[nodiscard]] Result<WarningClass> parse_warning_class(std::string_view name);

/// The tag of all lists of a class together: "warning-hard" …
[[nodiscard]] std::string warning_tag(WarningClass kind);

/// One list as its file says.
struct WarningList {
  std::string name;  ///< ours, from the configuration
  WarningClass kind = WarningClass::kSoft;
  std::vector<Prefix> prefixes;
};
inline constexpr std::size_t kMostWarningEntries = 200'000;  ///< of one list
inline constexpr std::size_t kMostWarningOctets = std::size_t{16} << 20;

/// Reads a list in the JSON of MISP's warning lists (github.com/MISP/misp-warninglists): an object
/// whose `list` holds addresses and networks. Nothing in `text` is trusted: kMalformed for anything
/// else, lists of names among it, kLimit for more than kMostWarningEntries.
[[nodiscard]] Result<std::vector<Prefix>> parse_warning_list(std::string_view text);

/// Lists together, by address. Never changes: another takes its place.
class WarningLists {
 public:
  WarningLists() = default;
  explicit WarningLists(std::vector<std::shared_ptr<const WarningList>> lists);

  /// The list of that class with the longest prefix that contains the address; null where there is
  /// none. Safe from many threads.
  [[nodiscard]] const WarningList* find(WarningClass kind, const IpAddress& address) const;
  [[nodiscard]] std::span<const std::shared_ptr<const WarningList>> lists() const { return lists_; }

 private:
  std::vector<std::shared_ptr<const WarningList>> lists_;
  std::array<PrefixMap, kWarningClasses> maps_;  // values are places in `lists_`
};

/// Warning lists in files, read again when a file changes. A file that cannot be read or is no list
/// is reported once, and what was read of it before stays. Not thread-safe; what current() gives
/// is.
class WarningFiles {
 public:
  struct File {
    std::string name;
    std::string path;
    WarningClass kind = WarningClass::kSoft;
    friend bool operator==(const File&, const File&) = default;
  };
  struct Statistics {
    std::uint64_t loaded = 0;   ///< times a file was read well
    std::uint64_t failed = 0;   ///< times it was not
    std::uint64_t entries = 0;  ///< in force
  };

  explicit WarningFiles(std::vector<File> files) { configure(std::move(files)); }

  /// Lists that are not named any more are forgotten; those of the same name, path and class stay.
  void configure(std::vector<File> files);
  /// Reads the files that have changed, or are new; `failed` is told what is wrong with them. True
  /// where current() is another now.
  bool refresh(const std::function<void(const Error&)>& failed);
  [[nodiscard]] std::shared_ptr<const WarningLists> current() const { return current_; }
  [[nodiscard]] const Statistics& statistics() const { return statistics_; }

 private:
  /// What tells one state of a file from another.
  struct Stamp {
    std::int64_t modified = 0;  // ns; -1: not there
    std::uint64_t octets = 0;
    std::uint64_t inode = 0;
    friend bool operator==(const Stamp&, const Stamp&) = default;
  };
  struct Watched {
    File file;
    bool tried = false;
    Stamp stamp;
    std::shared_ptr<const WarningList> list;  // null until it was read once
  };
  static Stamp stamp_of(const std::string& path);

  std::vector<Watched> watched_;
  bool changed_ = false;
  std::shared_ptr<const WarningLists> current_ = std::make_shared<WarningLists>();
  Statistics statistics_;
};

}  // namespace noroshi
