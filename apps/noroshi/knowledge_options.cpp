#include "knowledge_options.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "intel/feed_file.h"
#include "output.h"

// Door (in): warning lists that the user names. Guard: published data; sizes are bounded.

namespace noroshi {
namespace {

/// "feodo:FILE" → "feodo" and "FILE".
Result<std::pair<std::string, std::string>> parted(const std::string& text) {
  const auto colon = text.find(':');
  if (colon == std::string::npos || colon + 1 == text.size())
    return failure(ErrorCode::kInvalidArgument, fmt::format("{}: KIND:FILE is expected", text));
  return std::pair(text.substr(0, colon), text.substr(colon + 1));
}

Result<std::string> read_whole(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return failure(ErrorCode::kNotFound, path + ": it cannot be read");
  std::string text(kMostWarningOctets + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kMostWarningOctets)
    return failure(ErrorCode::kLimit, path + ": too large for a warning list");
  return text;
}

}  // namespace

Knowledge StatedKnowledge::knowledge() const {
  return {.indicators = &indicators, .warnings = &warnings};
}

void KnowledgeOptions::add_to(CLI::App& command) {
  command
      .add_option(
          "--feed", feeds,
          "A list of C&C servers, FORMAT:FILE with FORMAT addresses (Maltrail, plain lists), "
          "feodo, threatfox or bambenek; may be repeated")
      ->type_name("FORMAT:FILE")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command
      .add_option(
          "--warning-list", warning_lists,
          "A MISP warning list, CLASS:FILE with CLASS hard, soft or relabel; may be repeated")
      ->type_name("CLASS:FILE")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

Result<std::unique_ptr<StatedKnowledge>> KnowledgeOptions::read() const {
  auto stated = std::make_unique<StatedKnowledge>();
  std::vector<std::shared_ptr<const KnownFeed>> known;
  for (const auto& text : feeds) {
    const auto [format, path] = TRY(parted(text));
    const auto name = std::filesystem::path(path).stem().string();
    const auto reading = TRY(read_feed_file({name, path, TRY(parse_feed_format(format)), {}}));
    if (reading.malformed != 0)
      complain(path,
               fmt::format("{} of {} lines could not be read", reading.malformed, reading.lines));
    known.push_back(reading.feed);
  }
  stated->indicators = IndicatorIndex(std::move(known));
  std::vector<std::shared_ptr<const WarningList>> lists;
  for (const auto& text : warning_lists) {
    const auto [kind, path] = TRY(parted(text));
    auto list = std::make_shared<WarningList>();
    list->kind = TRY(parse_warning_class(kind));
    // Every list of MISP's is called list.json: the folder says which it is.
    const auto file = std::filesystem::path(path);
    list->name = file.stem() == "list" && file.has_parent_path()
                     ? file.parent_path().filename().string()
                     : file.stem().string();
    auto prefixes = parse_warning_list(TRY(read_whole(path)));
    if (!prefixes) return tl::unexpected(in_context(path, prefixes.error()));
    list->prefixes = std::move(*prefixes);
    lists.push_back(std::move(list));
  }
  stated->warnings = WarningLists(std::move(lists));
  return stated;
}

}  // namespace noroshi
