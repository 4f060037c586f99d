#include <fmt/format.h>

#include <memory>
#include <string>

#include "flow_file_writer.h"
#include "flows.h"
#include "flows_source.h"

namespace noroshi {
namespace {

struct Options {
  FlowsArguments flows;
  std::string path;
  std::string format;
  bool force = false;
};

Exit run(const Options& options) {
  const Output output;
  return run_flows_command(
      options.flows, output, [&](const FlowsWanted& wanted, FlowAnswers& answers) -> Status {
        auto file = TRY(create_flow_file(options.path, options.format, options.force));
        std::uint64_t rows = 0;
        TRY(answers.read_for_export({wanted.filter, wanted.window, 0}, [&](const FlowBatch& batch) {
          rows += batch.size();
          return file->add(batch);
        }));
        TRY(file->finish());
        auto line = fmt::format("{}: {} flows", options.path, rows - file->skipped());
        if (file->skipped() > 0)
          line += fmt::format("; {} events left out: {} has no room for them", file->skipped(),
                              options.format);
        complain(line);
        return {};
      });
}

}  // namespace

void add_flows_export(CLI::App& flows, Action& action) {
  auto* command = flows.add_subcommand("export", "Write the flows that pass a filter to a file.");
  auto options = std::make_shared<Options>();
  add_flows_arguments(*command, options->flows);
  command->add_option("--to-file", options->path, "The file to write")
      ->required()
      ->type_name("PATH");
  command
      ->add_option("--format", options->format,
                   "nfcapd: for nfdump 1.7; ipfix: an IPFIX file (RFC 5655); csv, json: every "
                   "field, as recording cat writes them")
      ->required()
      ->check(CLI::IsMember({"nfcapd", "ipfix", "csv", "json"}))
      ->type_name("FORMAT");
  command->add_flag("--force", options->force, "Replace a file that exists");
  command->footer(
      "Examples:\n"
      "  noroshi flows export 'host 192.0.2.1' --format nfcapd --to-file case.nfcapd --last 24h\n"
      "  noroshi flows export --format ipfix --to-file all.ipfix --file nfcapd.20261122*\n"
      "\n"
      "An IPFIX file keeps no events, and a flow of both directions as two.\n"
      "Exit status: 0 done; 1 something could not be read or written; 2 misused.");
  command->callback([&action, options] { action = [options] { return run(*options); }; });
}

}  // namespace noroshi
