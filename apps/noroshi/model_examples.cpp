#include <fmt/format.h>

#include <array>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "learn/example_file.h"
#include "learn/make_examples.h"
#include "model.h"
#include "output.h"
#include "progress.h"
#include "whole_file.h"

// Door (out): how many examples there are. Guard: counts alone.

namespace noroshi {
namespace {

using Json = nlohmann::ordered_json;

struct Arguments {
  std::string scenarios;
  std::string recordings;
  std::vector<std::uint64_t> seeds;
  std::string output;
  std::string room = std::filesystem::temp_directory_path().string();
  unsigned threads = 2;
  bool force = false;
  bool json = false;
};

struct Counts {
  std::uint64_t days = 0;
  std::array<std::uint64_t, kServerRoles> roles{};
  std::uint64_t unseen = 0;
  std::uint64_t flows_late = 0;
  std::uint64_t contacts_not_kept = 0;
};

Json as_json(const Counts& counts, const Arguments& arguments) {
  Json roles;
  for (std::size_t role = 0; role < kServerRoles; ++role)
    roles[std::string(to_string(static_cast<ServerRole>(role)))] = counts.roles[role];
  return {{"output", arguments.output},
          {"days", counts.days},
          {"servers", roles},
          {"command_unseen", counts.unseen},
          {"flows_late", counts.flows_late},
          {"contacts_not_kept", counts.contacts_not_kept}};
}

Result<Counts> make(const Arguments& arguments) {
  const auto sources =
      TRY(find_sources(arguments.scenarios, arguments.recordings, arguments.seeds));
  if (sources.empty())
    return failure(ErrorCode::kInvalidArgument,
                   "no scenario and no truth beside recordings: --scenarios, --recordings");
  auto file =
      TRY(WholeFile::create(arguments.output, arguments.force ? WholeFile::Existing::kReplace
                                                              : WholeFile::Existing::kRefuse));
  const auto write = [&](const std::string& text) {
    return file.write(std::as_bytes(std::span(text)));
  };
  TRY(write(example_file_head()));
  Counts counts;
  Progress progress;
  ExampleOptions options{.recordings = arguments.recordings,
                         .room = arguments.room,
                         .threads = arguments.threads,
                         .on_progress = [&](double share) { progress.show("examples", share); }};
  TRY(make_examples(sources, options, [&](DayOfNetwork&& day) -> Status {
    ++counts.days;
    counts.flows_late += day.flows_late;
    counts.contacts_not_kept += day.contacts_not_kept;
    for (const auto& server : day.servers) {
      ++counts.roles[static_cast<std::size_t>(server.role)];
      counts.unseen += server.positive() && !server.seen ? 1U : 0U;
    }
    return write(example_file_day(day));
  }));
  TRY(write(example_file_end(counts.days)));
  TRY(file.finish());
  return counts;
}

Exit run(const Arguments& arguments) {
  const auto counts = make(arguments);
  if (!counts) {
    complain(counts.error().message);
    return counts.error().code == ErrorCode::kInvalidArgument ? Exit::kMisused : Exit::kFailed;
  }
  const auto role = [&](ServerRole which) {
    return counts->roles[static_cast<std::size_t>(which)];
  };
  fmt::print(stderr,
             "{}: {} days; {} C&C servers ({} unseen), {} known services, {} others, {} peers\n",
             arguments.output, counts->days, role(ServerRole::kCommand), counts->unseen,
             role(ServerRole::kService), role(ServerRole::kOrdinary), role(ServerRole::kPeer));
  if (!arguments.json) return Exit::kDone;
  Output output;
  output.write(as_json(*counts, arguments).dump(1) + "\n");
  return output.exit();
}

}  // namespace

void add_model_examples(CLI::App& model, Action& action) {
  auto* command = model.add_subcommand(
      "examples", "One row for each server and day, from scenarios and from labelled recordings");
  const auto arguments = std::make_shared<Arguments>();
  command
      ->add_option("--scenarios", arguments->scenarios,
                   "A scenario file, or a folder of them: simulated here, nothing is written")
      ->type_name("DIR");
  command
      ->add_option(
          "--recordings", arguments->recordings,
          "A folder of recordings with their truth (truth.jsonl, NAME.truth.json), in which "
          "those are looked for too that scenarios inject")
      ->type_name("DIR");
  command->add_option("--seeds", arguments->seeds, "Of the scenarios, instead of their own")
      ->delimiter(',');
  command->add_option("--output", arguments->output, "The file of examples")->required();
  command
      ->add_option("--room", arguments->room,
                   "Where contacts are put aside meanwhile, some gigabytes in files without a name")
      ->type_name("DIR");
  command->add_option("--threads", arguments->threads, "Sources at once")
      ->capture_default_str()
      ->check(CLI::Range(1U, 64U));
  command->add_flag("--force", arguments->force, "Replace the file");
  command->add_flag("--json", arguments->json, "A summary on standard output");
  command->footer(
      "Examples:\n"
      "  noroshi model examples --scenarios config/scenarios/evaluation --seeds 1,2,3,4,5 "
      "--output examples.bin\n"
      "  noroshi model examples --recordings labelled/ --output recorded.bin");
  command->callback([arguments, &action] { action = [arguments] { return run(*arguments); }; });
}

}  // namespace noroshi
