#include "analyze.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "analysis_output.h"
#include "pipeline/analysis.h"

namespace noroshi {
namespace {

struct Arguments {
  std::vector<std::string> files;
  std::vector<std::string> local;
  bool json = false;
  std::size_t top = 20;
  std::uint32_t sampling = 0;
};

/// Progress goes to a terminal only, one line that is written over.
void show_progress(const std::string& file, std::uint64_t read, std::uint64_t size) {
  if (size == 0) return;
  fmt::print(stderr, "\r\033[K{}: {} %", file, read * 100 / size);
  std::fflush(stderr);
}

Exit run(const Arguments& arguments) {
  AnalysisOptions options;
  options.files = arguments.files;
  options.default_sampling_rate = arguments.sampling;
  for (const auto& text : arguments.local) {
    const auto prefix = Prefix::parse(text);
    if (!prefix) {
      fmt::print(stderr, "noroshi: --local: {}\n", prefix.error().message);
      return Exit::kMisused;
    }
    options.local.push_back(*prefix);
  }
  const bool on_terminal = isatty(STDERR_FILENO) == 1;
  if (on_terminal) options.progress = show_progress;

  const auto analysis = analyse(options);
  if (on_terminal) fmt::print(stderr, "\r\033[K");
  bool failed = false;
  for (const auto& trouble : analysis.troubles) {
    fmt::print(stderr, "noroshi: {}\n", trouble.message);
    failed |= trouble.unreadable;
  }
  if (analysis.files_read == 0) return Exit::kFailed;
  const auto text =
      arguments.json ? analysis_as_json(analysis) : analysis_as_table(analysis, arguments.top);
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0) {
    fmt::print(stderr, "noroshi: writing the answer: the output is closed or full\n");
    return Exit::kFailed;
  }
  return failed ? Exit::kFailed : Exit::kDone;
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
      ->add_option("--local", arguments->local,
                   "Addresses inside, e.g. 192.0.2.0/24; may be repeated. Default: private ranges, "
                   "or the hosts that nearly all contacts have in common")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command->footer(
      "Examples:\n"
      "  noroshi analyze conn.log.gz\n"
      "  noroshi analyze --json nfcapd.20261122* > verdicts.json\n"
      "  noroshi analyze --local 198.51.100.0/24 --sampling 1000 border.pcap\n"
      "Exit status: 0 done; 1 a recording could not be read; 2 misused.");
  command->callback([&action, arguments] { action = [arguments] { return run(*arguments); }; });
}

}  // namespace noroshi
