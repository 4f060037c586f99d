#include <memory>
#include <string>

#include "flows.h"
#include "flows_source.h"
#include "question/render_series.h"
#include "time_arguments.h"

namespace noroshi {
namespace {

struct Options {
  FlowsArguments flows;
  std::string step = "5m";
  std::string split;
  std::string order = "bytes";
  std::uint64_t limit = 8;
  std::string format = "table";
  bool json = false;
};

Result<SeriesQuestion> question_of(const Options& options, const FlowsWanted& wanted) {
  SeriesQuestion question;
  question.filter = wanted.filter;
  question.window = wanted.window;
  const auto step = parse_duration(options.step);
  if (!step) return tl::unexpected(in_context("--step", step.error()));
  question.step = static_cast<std::uint64_t>(std::chrono::milliseconds(*step).count());
  if (!options.split.empty()) question.split = TRY(parse_key(options.split));
  question.order = TRY(parse_order(options.order));
  question.limit = options.limit;
  return question;
}

Exit run(const Options& options) {
  Output output;
  return run_flows_command(
      options.flows, output, [&](const FlowsWanted& wanted, FlowAnswers& answers) -> Status {
        const auto question = TRY(question_of(options, wanted));
        const auto answer = TRY(answers.ask(question));
        const InterfaceLabels labels(wanted.vocabulary.interfaces);
        output.write(options.format == "json" ? series_as_json(question, answer, labels)
                     : options.format == "csv"
                         ? series_as_csv(question, answer)
                         : series_as_chart(question, answer, output_width(), labels));
        return {};
      });
}

}  // namespace

void add_flows_series(CLI::App& flows, Action& action) {
  auto* command = flows.add_subcommand("series", "Traffic over time, as a chart.");
  auto options = std::make_shared<Options>();
  add_flows_arguments(*command, options->flows);
  command->add_option("--step", options->step, "Length of a step: 30s, 5m, 1h …")
      ->capture_default_str();
  command
      ->add_option("--split", options->split,
                   "A line for each of the largest values of an element: dstport, srcip4/24 …")
      ->type_name("ELEMENT");
  command
      ->add_option("--order", options->order,
                   "What is charted and ranked: flows, packets, bytes, pps, bps or bpp")
      ->type_name("ORDER")
      ->capture_default_str();
  command->add_option("--limit", options->limit, "Values of a split; 0: all")
      ->type_name("N")
      ->capture_default_str();
  command->add_option("--format", options->format, "table (the chart), csv or json")
      ->check(CLI::IsMember({"table", "csv", "json"}))
      ->type_name("FORMAT")
      ->capture_default_str();
  command->add_flag("--json", options->json, "The same as --format json");
  command->footer(
      "A flow belongs to the step in which it ended.\n"
      "\n"
      "Examples:\n"
      "  noroshi flows series 'dst port 23' --step 1h --last 7d\n"
      "  noroshi flows series --split dstport --order flows --file nfcapd.20261122*\n"
      "  noroshi flows series --step 1m --format csv --file router.pcap > minutes.csv\n"
      "Exit status: 0 done; 1 a recording could not be read; 2 misused.");
  command->callback([&action, options] {
    if (options->json) options->format = "json";
    action = [options] { return run(*options); };
  });
}

}  // namespace noroshi
