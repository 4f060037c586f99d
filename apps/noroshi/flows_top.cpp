#include <memory>
#include <string>

#include "flows.h"
#include "flows_groups.h"
#include "flows_source.h"

namespace noroshi {
namespace {

struct Options {
  FlowsArguments flows;
  std::string stat;
  std::uint64_t limit = 10;
  std::string format = "table";
  bool json = false;
};

Exit run(const Options& options) {
  Output output;
  return run_flows_command(options.flows, output,
                           [&](const FlowsWanted& wanted, FlowAnswers& answers) -> Status {
                             auto questions = TRY(parse_stat(options.stat, Order::kFlows));
                             return ask_groups(std::move(questions), options.limit, options.format,
                                               wanted, answers, output);
                           });
}

}  // namespace

void add_flows_top(CLI::App& flows, Action& action) {
  auto* command = flows.add_subcommand("top", "The largest values of one element.");
  auto options = std::make_shared<Options>();
  command
      ->add_option("ELEMENT", options->stat,
                   "srcip, dstport/bytes, srcip4/24/packets … (noroshi flows query --help)")
      ->required()
      ->type_name("ELEMENT[/ORDER]");
  add_flows_arguments(*command, options->flows);
  command->add_option("--limit", options->limit, "Rows shown; 0: all")
      ->type_name("N")
      ->capture_default_str();
  command->add_option("--format", options->format, "table, csv or json")
      ->check(CLI::IsMember({"table", "csv", "json"}))
      ->type_name("FORMAT")
      ->capture_default_str();
  command->add_flag("--json", options->json, "The same as --format json");
  command->footer(
      "Examples:\n"
      "  noroshi flows top srcip --last 1h\n"
      "  noroshi flows top dstport/bytes 'proto udp' --limit 20 --file router.pcap\n"
      "Exit status: 0 done; 1 a recording could not be read; 2 misused.");
  command->callback([&action, options] {
    if (options->json) options->format = "json";
    action = [options] { return run(*options); };
  });
}

}  // namespace noroshi
