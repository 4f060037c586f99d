#include <fcntl.h>
#include <fmt/format.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/file.h"
#include "c2.h"
#include "desk/recipe_file.h"
#include "output.h"
#include "whole_file.h"

// Door (in): a recipe that the user names. Guard: bounded; unknown keys are refused.

namespace noroshi {
namespace {

using Json = nlohmann::json;

struct RunOptions {
  std::shared_ptr<DocketArguments> asking = std::make_shared<DocketArguments>();
  HoursArguments hours;
  std::string file;
  std::uint64_t limit = 20;
};

struct ExportOptions {
  std::string output;
  bool force = false;
  bool id = false;
};

std::string text_of(const Json& answer, const Words& words) {
  std::string text =
      fmt::format(fmt::runtime(words("レシピ {}（自網のもの: {}）\n", "Recipe {} (ours: {})\n")),
                  answer.at("recipe").get<std::string>().substr(0, 16),
                  answer.at("own_recipe").get<std::string>().substr(0, 16));
  for (const auto& note : answer.at("notes")) text += "  - " + words.of(note) + "\n";
  text += fmt::format("{:<28} {:<4} {:>5} {:>8}  {:<4} {:>5}  {}\n", "server", "tier", "prob",
                      "clients", words("自", "ours"), "prob", words("証拠", "evidence"));
  for (const auto& server : answer.at("servers")) {
    std::string codes;
    for (const auto& code : server.at("evidence"))
      codes += (codes.empty() ? "" : ", ") + code.get<std::string>();
    text += fmt::format(
        "{:<28} {:<4} {:>5.2f} {:>8}  {:<4} {:>5.2f}  {}\n", server.at("server").get<std::string>(),
        server.at("tier").get<std::string>(), server.at("probability").get<double>(),
        server.at("clients").get<std::uint64_t>(), server.at("ours").at("tier").get<std::string>(),
        server.at("ours").at("probability").get<double>(), codes);
  }
  if (const auto more = answer.at("more").get<std::uint64_t>(); more > 0)
    text +=
        fmt::format(fmt::runtime(words("ほか {} 件 (--limit)\n", "and {} more (--limit)\n")), more);
  return text;
}

Result<std::string> read_text(const std::string& path) {
  constexpr std::uint64_t kMost = 1'000'000;
  const auto file = TRY(File::open(path, O_RDONLY));
  const auto size = TRY(file.size());
  if (size > kMost)
    return failure(ErrorCode::kInvalidArgument, path + ": too large to be a recipe");
  std::string text(size, '\0');
  text.resize(TRY(file.read_at(0, std::as_writable_bytes(std::span(text)))));
  return text;
}

Result<Json> request_of(const RunOptions& options) {
  Json request{{"limit", options.limit}};
  TRY(add_hours(options.hours, request));
  const auto text = TRY(read_text(options.file));
  // The place of a fault is named as the person knows the file.
  (void)TRY(parse_recipe(text, options.file));
  request["recipe"] = text;
  return request;
}

Exit export_recipe(const ExportOptions& options) {
  const auto recipe = own_recipe();
  Output output;
  if (options.id) {
    output.write(recipe.id + "\n");
    return output.exit();
  }
  const auto text = recipe_text(recipe.recipe);
  if (options.output.empty()) {
    output.write(text);
    return output.exit();
  }
  const auto write = [&]() -> Status {
    auto file =
        TRY(WholeFile::create(options.output, options.force ? WholeFile::Existing::kReplace
                                                            : WholeFile::Existing::kRefuse));
    TRY(file.write(std::as_bytes(std::span(text))));
    return file.finish();
  };
  if (const auto written = write(); !written) {
    complain(options.output, written.error().message);
    return Exit::kFailed;
  }
  return Exit::kDone;
}

void add_export(CLI::App& recipe, Action& action) {
  const auto options = std::make_shared<ExportOptions>();
  auto* command = recipe.add_subcommand(
      "export", "Write how this installation makes verdicts, for another carrier.");
  command->add_option("--output", options->output, "Into this file [standard output]")
      ->type_name("FILE");
  command->add_flag("--force", options->force, "Replace the file if it is there");
  command->add_flag("--id", options->id, "Only its id, as verdicts name it");
  command->footer(
      "Examples:\n"
      "  noroshi c2 recipe export --output ours.toml\n"
      "  noroshi c2 recipe export --id\n"
      "\n"
      "Exit status: 0 done; 1 the file cannot be written; 2 misused.");
  command->callback([&action, options] { action = [options] { return export_recipe(*options); }; });
}

void add_run(CLI::App& recipe, Action& action) {
  const auto options = std::make_shared<RunOptions>();
  auto* command = recipe.add_subcommand(
      "run", "Judge our contacts by another carrier's recipe, beside ours. Changes no list.");
  command->add_option("FILE", options->file, "what `noroshi c2 recipe export` wrote elsewhere")
      ->required();
  command->add_option("--limit", options->limit, "At most so many servers; 0: all")
      ->capture_default_str();
  add_hours_options(*command, options->hours);
  add_docket_options(*command, options->asking);
  command->footer(
      "Examples:\n"
      "  noroshi c2 recipe run theirs.toml --day 2026-11-21\n"
      "  noroshi c2 recipe run theirs.toml --json | jq '.notes[].en'\n"
      "\n"
      "What a recipe asks for and this version cannot compute is said. Exit status: 0 done;\n"
      "1 refused or failed; 2 misused, or no recipe.");
  command->callback([&action, options] {
    action = [options] {
      return ask_and_print(*options->asking, "recipe/run", request_of(*options), "judging",
                           text_of);
    };
  });
}

}  // namespace

void add_c2_recipe(CLI::App& c2, Action& action) {
  auto* recipe =
      c2.add_subcommand("recipe", "How verdicts are made, as a file for other carriers.");
  recipe->require_subcommand(1);
  recipe->footer(
      "Examples:\n"
      "  noroshi c2 recipe export --output ours.toml\n"
      "  noroshi c2 recipe run theirs.toml");
  add_export(*recipe, action);
  add_run(*recipe, action);
}

}  // namespace noroshi
