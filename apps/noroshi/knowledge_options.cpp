#include "knowledge_options.h"

#include <fmt/format.h>

#include <filesystem>
#include <optional>
#include <utility>

#include "intel/feed_file.h"
#include "output.h"

namespace noroshi {
namespace {

/// "feodo:FILE" → "feodo" and "FILE".
Result<std::pair<std::string, std::string>> parted(const std::string& text) {
  const auto colon = text.find(':');
  if (colon == std::string::npos || colon + 1 == text.size())
    return failure(ErrorCode::kInvalidArgument, fmt::format("{}: KIND:FILE is expected", text));
  return std::pair(text.substr(0, colon), text.substr(colon + 1));
}

}  // namespace

Knowledge StatedKnowledge::knowledge() const {
  return {.indicators = &indicators, .warnings = warnings.get()};
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
    const auto known_format = TRY(parse_feed_format(format));
    const auto reading = TRY(read_feed_file({name, path, known_format, {}}));
    if (reading.malformed != 0)
      complain(path,
               fmt::format("{} of {} lines could not be read", reading.malformed, reading.lines));
    known.push_back(reading.feed);
  }
  stated->indicators = IndicatorIndex(std::move(known));
  std::vector<WarningFiles::File> lists;
  for (const auto& text : warning_lists) {
    const auto [kind, path] = TRY(parted(text));
    const auto known_kind = TRY(parse_warning_class(kind));
    // Every list of MISP's is called list.json: the folder says which it is.
    const auto file = std::filesystem::path(path);
    lists.push_back({file.stem() == "list" && file.has_parent_path()
                         ? file.parent_path().filename().string()
                         : file.stem().string(),
                     path, known_kind});
  }
  WarningFiles files(std::move(lists));
  std::optional<Error> failed;
  files.refresh([&](const Error& error) {
    if (!failed) failed = error;
  });
  if (failed) return tl::unexpected(*failed);
  stated->warnings = files.current();
  return stated;
}

}  // namespace noroshi
