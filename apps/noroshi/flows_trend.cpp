#include <memory>
#include <string>
#include <vector>

#include "flows.h"
#include "flows_source.h"
#include "question/trend.h"
#include "time_arguments.h"

namespace noroshi {
namespace {

struct Options {
  FlowsArguments flows;
  std::string step = "1h";
  std::string split;
  std::vector<std::string> exporters;
  std::string order = "bytes";
  std::uint64_t limit = 8;
  std::string format = "table";
  bool json = false;
};

/// By configured name, address or block of addresses.
Result<std::vector<Prefix>> exporters_of(const Options& options,
                                         const FilterVocabulary& vocabulary) {
  std::vector<Prefix> all;
  for (const auto& text : options.exporters) {
    if (const auto named = vocabulary.exporters.find(text); named != vocabulary.exporters.end()) {
      all.insert(all.end(), named->second.begin(), named->second.end());
      continue;
    }
    const auto prefix = Prefix::parse(text);
    if (!prefix)
      return failure(ErrorCode::kInvalidArgument,
                     "--exporter " + text + ": neither a configured name nor an address");
    all.push_back(*prefix);
  }
  return all;
}

Result<TrendSeriesQuestion> question_of(const Options& options, const FlowsWanted& wanted) {
  TrendSeriesQuestion question;
  question.window = wanted.window;
  const auto step = parse_duration(options.step);
  if (!step) return tl::unexpected(in_context("--step", step.error()));
  question.step = static_cast<std::uint64_t>(std::chrono::milliseconds(*step).count());
  if (!options.split.empty()) question.split = TRY(parse_trend_split(options.split));
  question.exporters = TRY(exporters_of(options, wanted.vocabulary));
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
        output.write(options.format == "json" ? trend_as_json(question, answer, labels)
                     : options.format == "csv"
                         ? trend_as_csv(question, answer)
                         : trend_as_chart(question, answer, output_width(), labels));
        return {};
      });
}

}  // namespace

void add_flows_trend(CLI::App& flows, Action& action) {
  auto* command = flows.add_subcommand(
      "trend", "Traffic over months, of what is kept when the flows are gone.");
  auto options = std::make_shared<Options>();
  add_time_arguments(*command, options->flows);
  add_place_arguments(*command, options->flows);
  command->add_option("--step", options->step, "Length of a step, whole minutes: 5m, 1h, 1d …")
      ->capture_default_str();
  command
      ->add_option("--by", options->split,
                   "A line for each of the largest: proto, service, srcas, dstas, srccountry, "
                   "dstcountry, inif, outif or exporter")
      ->type_name("ELEMENT");
  command
      ->add_option("--exporter", options->exporters,
                   "Of this exporter only, by name, address or block; again for each")
      ->type_name("EXPORTER");
  command
      ->add_option("--order", options->order,
                   "What is charted and ranked: flows, packets, bytes, pps, bps or bpp")
      ->type_name("ORDER")
      ->capture_default_str();
  command->add_option("--limit", options->limit, "Lines, besides all others together")
      ->check(CLI::Range(std::uint64_t{1}, TrendSeriesQuestion::kMostValues))
      ->type_name("N")
      ->capture_default_str();
  command->add_option("--format", options->format, "table (the chart), csv or json")
      ->check(CLI::IsMember({"table", "csv", "json"}))
      ->type_name("FORMAT")
      ->capture_default_str();
  command->add_flag("--json", options->json, "The same as --format json");
  command->footer(
      "The history keeps these sums by the minute, five minutes and the hour, each for its own "
      "time\n"
      "([retention]), without addresses. A flow belongs to the step in which it ended; the time "
      "asked\n"
      "for is widened to whole steps.\n"
      "\n"
      "Examples:\n"
      "  noroshi flows trend --last 90d --step 1d\n"
      "  noroshi flows trend --by service --step 1h --last 7d --order bps\n"
      "  noroshi flows trend --by srccountry --exporter tokyo-1 --format csv > countries.csv\n"
      "Exit status: 0 done; 1 the history could not be asked; 2 misused.");
  command->callback([&action, options] {
    if (options->json) options->format = "json";
    action = [options] { return run(*options); };
  });
}

}  // namespace noroshi
