#include "enrich/warning_lists.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

// Door (in): warning lists. Guard: published data; sizes are bounded.

namespace noroshi {
namespace {

constexpr std::array<std::string_view, kWarningClasses> kClasses{"hard", "soft", "relabel"};

tl::unexpected<Error> no_list(std::string_view why) {
  return failure(ErrorCode::kMalformed, fmt::format("no warning list of addresses: {}", why));
}

Result<std::string> read_whole(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return failure(ErrorCode::kIo, "cannot be opened");
  std::string text(kMostWarningOctets + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad()) return failure(ErrorCode::kIo, "cannot be read");
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kMostWarningOctets)
    return failure(ErrorCode::kLimit, fmt::format("larger than {} octets", kMostWarningOctets));
  return text;
}

}  // namespace

std::string_view name_of(WarningClass kind) { return kClasses[static_cast<std::size_t>(kind)]; }

Result<WarningClass> parse_warning_class(std::string_view name) {
  for (std::size_t i = 0; i < kClasses.size(); ++i)
    if (kClasses[i] == name) return static_cast<WarningClass>(i);
  return failure(ErrorCode::kInvalidArgument,
                 fmt::format("'{}' is not hard, soft or relabel", name));
}

std::string warning_tag(WarningClass kind) { return fmt::format("warning-{}", name_of(kind)); }

Result<std::vector<Prefix>> parse_warning_list(std::string_view text) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (json.is_discarded()) return no_list("not JSON");
  if (!json.is_object() || !json.contains("list") || !json["list"].is_array())
    return no_list("an object with a 'list' is expected");
  const auto& list = json["list"];
  if (list.size() > kMostWarningEntries)
    return failure(ErrorCode::kLimit, fmt::format("more than {} entries", kMostWarningEntries));
  std::vector<Prefix> prefixes;
  prefixes.reserve(list.size());
  for (const auto& entry : list) {
    const auto prefix = entry.is_string() ? Prefix::parse(entry.get_ref<const std::string&>())
                                          : Result<Prefix>(no_list("not a text"));
    if (!prefix)
      return no_list(fmt::format(
          "entry {} is no address or network: {}", prefixes.size() + 1,
          entry.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).substr(0, 60)));
    prefixes.push_back(*prefix);
  }
  return prefixes;
}

WarningLists::WarningLists(std::vector<std::shared_ptr<const WarningList>> lists)
    : lists_(std::move(lists)) {
  std::array<std::vector<PrefixMap::Entry>, kWarningClasses> entries;
  for (std::uint32_t i = 0; i < lists_.size(); ++i)
    for (const auto& prefix : lists_[i]->prefixes)
      entries[static_cast<std::size_t>(lists_[i]->kind)].push_back({prefix, i});
  for (std::size_t i = 0; i < maps_.size(); ++i)
    if (!entries[i].empty()) maps_[i] = PrefixMap(std::move(entries[i]));
}

const WarningList* WarningLists::find(WarningClass kind, const IpAddress& address) const {
  const auto at = maps_[static_cast<std::size_t>(kind)].find(address);
  return at == PrefixMap::kNone ? nullptr : lists_[at].get();
}

void WarningFiles::configure(std::vector<File> files) {
  std::vector<Watched> watched;
  for (auto& file : files) {
    Watched entry{std::move(file), false, {}, nullptr};
    for (auto& known : watched_)
      if (known.file == entry.file) entry = std::move(known);
    watched.push_back(std::move(entry));
  }
  watched_ = std::move(watched);
  changed_ = true;
}

WarningFiles::Stamp WarningFiles::stamp_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return {.modified = -1, .octets = 0, .inode = 0};
  return {.modified = std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec,
          .octets = static_cast<std::uint64_t>(status.st_size),
          .inode = static_cast<std::uint64_t>(status.st_ino)};
}

bool WarningFiles::refresh(const std::function<void(const Error&)>& failed) {
  for (auto& watched : watched_) {
    const auto stamp = stamp_of(watched.file.path);
    if (watched.tried && stamp == watched.stamp) continue;
    watched.tried = true;
    watched.stamp = stamp;
    const auto text = read_whole(watched.file.path);
    auto prefixes = text ? parse_warning_list(*text) : tl::unexpected(text.error());
    if (!prefixes) {
      ++statistics_.failed;
      failed(in_context(watched.file.path, prefixes.error()));
      continue;
    }
    ++statistics_.loaded;
    watched.list = std::make_shared<const WarningList>(
        WarningList{watched.file.name, watched.file.kind, std::move(*prefixes)});
    changed_ = true;
  }
  if (!std::exchange(changed_, false)) return false;
  std::vector<std::shared_ptr<const WarningList>> lists;
  statistics_.entries = 0;
  for (const auto& watched : watched_) {
    if (watched.list == nullptr) continue;
    statistics_.entries += watched.list->prefixes.size();
    lists.push_back(watched.list);
  }
  current_ = std::make_shared<const WarningLists>(std::move(lists));
  return true;
}

}  // namespace noroshi
