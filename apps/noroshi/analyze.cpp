#include "analyze.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analysis_output.h"
#include "damage.h"
#include "desk/account.h"
#include "knowledge_options.h"
#include "output.h"
#include "pipeline/analysis.h"
#include "pipeline/model_folder.h"
#include "progress.h"
#include "purpose.h"

namespace noroshi {
namespace {

struct Arguments {
  std::vector<std::string> files;
  std::vector<std::string> local;
  bool json = false;
  std::size_t top = 20;
  std::uint32_t sampling = 0;
  std::string purpose;
  std::string case_id;
  std::string config = "/etc/noroshi/noroshi.toml";
  KnowledgeOptions knowledge;
  std::string model;
};

Exit run(const Arguments& arguments) {
  AnalysisOptions options;
  options.files = arguments.files;
  options.default_sampling_rate = arguments.sampling;
  for (const auto& text : arguments.local) {
    const auto prefix = Prefix::parse(text);
    if (!prefix) {
      complain("--local", prefix.error().message);
      return Exit::kMisused;
    }
    options.local.push_back(*prefix);
  }
  const auto purpose = purpose_for_recordings(
      {own_account(), arguments.purpose, arguments.case_id, arguments.config});
  if (!purpose) {
    complain(purpose.error().message);
    return Exit::kFailed;
  }
  const auto knowledge = arguments.knowledge.read();
  if (!knowledge) {
    complain(knowledge.error().message);
    return knowledge.error().code == ErrorCode::kInvalidArgument ? Exit::kMisused : Exit::kFailed;
  }
  options.knowledge = (*knowledge)->knowledge();
  std::optional<ServerModel> model;
  if (!arguments.model.empty()) {
    auto read = read_model_folder(arguments.model);
    if (!read) {
      complain(read.error().message);
      return Exit::kFailed;
    }
    options.knowledge.model = &model.emplace(*std::move(read));
  }
  const StatedPurpose stated{*purpose, arguments.case_id};
  Progress progress;
  bool all_read = true;
  options.on_read = [&](const std::string& file, const Recording& recording) {
    progress.show(file, recording);
  };
  options.on_end = [&](const std::string& file, const Recording& recording) {
    progress.erase();
    warn_of_damage(file, recording);
    all_read = all_read && !nothing_could_be_read(recording.statistics());
  };

  const auto analysis = analyse(options);
  for (const auto& failure : analysis.failures) complain(failure.message);
  if (analysis.files_read == 0) return Exit::kFailed;
  Output output;
  output.write(arguments.json ? analysis_as_json(analysis, stated)
                              : analysis_as_table(analysis, stated, arguments.top));
  if (output.exit() != Exit::kDone) return output.exit();
  return all_read && analysis.failures.empty() ? Exit::kDone : Exit::kFailed;
}

}  // namespace

void add_analyze(CLI::App& app, Action& action) {
  auto* command = app.add_subcommand(
      "analyze", "Which servers in these recordings look like C&C, why, and who is infected");
  const auto arguments = std::make_shared<Arguments>();
  command
      ->add_option("FILE", arguments->files,
                   "Recordings of any kind, together one data set; - is standard input")
      ->required();
  command->add_flag("--json", arguments->json, "One JSON document with every candidate");
  command->add_option("--top", arguments->top, "Servers shown in the table")->capture_default_str();
  command
      ->add_option("--sampling", arguments->sampling,
                   "Packets per sampled packet (1 in N) where a recording does not say")
      ->check(CLI::Range(1U, 0xffffffffU));
  command
      ->add_option("--model", arguments->model, "The folder of a learning judge that is asked too")
      ->type_name("DIR");
  add_purpose_options(*command, arguments->purpose, arguments->case_id);
  command
      ->add_option("--config", arguments->config,
                   "The configuration that names the policy in force")
      ->type_name("FILE")
      ->capture_default_str();
  command
      ->add_option("--local", arguments->local,
                   "Addresses inside, e.g. 192.0.2.0/24; may be repeated. Default: private ranges, "
                   "or the hosts that nearly all contacts have in common")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  arguments->knowledge.add_to(*command);
  command->footer(
      "Examples:\n"
      "  noroshi analyze conn.log.gz\n"
      "  noroshi analyze --feed addresses:elf_mirai.txt --feed feodo:ipblocklist.csv conn.log.gz\n"
      "  noroshi analyze --json nfcapd.20261122* > verdicts.json\n"
      "  noroshi analyze --local 198.51.100.0/24 --sampling 1000 border.pcap\n"
      "  noroshi analyze --purpose incident-response --case 2026-17 line.pcap\n"
      "Exit status: 0 done; 1 a recording could not be read, or the purpose is not\n"
      "yours; 2 misused.");
  command->callback([&action, arguments] { action = [arguments] { return run(*arguments); }; });
}

}  // namespace noroshi
