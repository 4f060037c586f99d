#include "guard/pseudonym/pseudonym_keeper.h"

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <utility>

#include "guard/pseudonym/key_file.h"
#include "guard/pseudonym/pseudonym_book.h"

namespace noroshi {

Status PseudonymKeeper::load(Config config, std::uint64_t now_hour) {
  if (config.subscribers.empty()) {
    pseudonymiser_.replace(nullptr);
    config_ = std::move(config);
    return {};
  }
  const auto seen = state_of(config.key_file);
  const auto keys = KeyFile::read(config.key_file);
  if (!keys && keys.error().code == ErrorCode::kNotFound)
    return failure(
        ErrorCode::kNotFound,
        fmt::format("{}: no key for the pseudonyms of subscribers, without which nothing "
                    "of them is collected; make one: noroshi guard key init",
                    config.key_file.string()));
  if (!keys) return tl::unexpected(keys.error());
  const auto lock = TRY(KeyFileLock::take(config.key_file));
  const auto before = TRY(read_blocks(config.key_file));
  auto ranges = SubscriberRanges::of(config.subscribers, before);
  if (!ranges) return tl::unexpected(in_context("network.subscribers", ranges.error()));
  // On disk before the first pseudonym: without its block none could be reversed rightly.
  if (ranges->blocks().size() != before.size())
    TRY(write_blocks(config.key_file, ranges->blocks()));
  const auto old = pseudonymiser_.tables();
  pseudonymiser_.replace(
      TRY(PseudonymTables::make(*keys, std::move(*ranges), now_hour, old.get())));
  config_ = std::move(config);
  seen_ = seen;
  hour_ = now_hour;
  return {};
}

Result<bool> PseudonymKeeper::tick(std::uint64_t now_hour) {
  if (config_.subscribers.empty()) return false;
  if (now_hour == hour_ && state_of(config_.key_file) == seen_) return false;
  TRY(load(config_, now_hour));
  return true;
}

PseudonymKeeper::FileState PseudonymKeeper::state_of(const std::filesystem::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return {};
  return {status.st_ino, status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
}

void forbid_dumps() {
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
}

}  // namespace noroshi
