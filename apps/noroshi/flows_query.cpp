#include <unistd.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "flows.h"
#include "flows_groups.h"
#include "flows_source.h"
#include "record/flow_csv.h"
#include "record/flow_json.h"
#include "record/flow_text.h"

namespace noroshi {
namespace {

struct Options {
  FlowsArguments flows;
  std::vector<std::string> stats;
  std::vector<std::string> aggregates;
  std::string order = "flows";
  std::optional<std::uint64_t> limit;
  std::string format = "table";
  bool json = false;
};

constexpr std::uint64_t kGroupsShown = 10;

/// The rows themselves, written as they come.
class RowList {
 public:
  RowList(std::string format, Output& output) : format_(std::move(format)), output_(output) {}

  void begin() {
    std::string text;
    if (format_ == "json")
      text = "{\"rows\":[";
    else if (format_ == "csv")
      write_csv_header(text);
    else
      write_text_header(text);
    output_.write(text);
  }
  /// False once nothing takes the rows any more.
  bool add(const FlowBatch& batch) {
    std::string text;
    if (format_ == "json")
      add_objects(batch, text);
    else if (format_ == "csv")
      write_csv(batch, text);
    else
      write_text(batch, text);
    return output_.write(text);
  }
  void end() {
    if (format_ == "json") output_.write("\n]}\n");
  }

 private:
  /// One object a line, so that the list can be read by eye and by line.
  void add_objects(const FlowBatch& batch, std::string& text) {
    std::string lines;
    write_json_lines(batch, lines);
    std::string_view rest = lines;
    for (auto end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
      text += any_ ? ",\n" : "\n";
      any_ = true;
      text += rest.substr(0, end);
      rest.remove_prefix(end + 1);
    }
  }

  std::string format_;
  Output& output_;
  bool any_ = false;
};

Status list_rows(const Options& options, const FlowsWanted& wanted, FlowAnswers& answers,
                 Output& output) {
  RowList list(options.format, output);
  list.begin();
  auto read = answers.read({wanted.filter, wanted.window, options.limit.value_or(0)},
                           [&](const FlowBatch& batch) -> Status {
                             if (!list.add(batch))
                               return failure(ErrorCode::kIo, "standard output is closed");
                             return {};
                           });
  // The output itself has said so, or has been closed by a reader that has what it wanted.
  if (!output.is_open()) return {};
  TRY(read);
  list.end();
  return {};
}

Status write_parquet(const Options& options, const FlowsWanted& wanted, FlowAnswers& answers,
                     Output& output) {
  if (::isatty(STDOUT_FILENO) != 0)
    return failure(ErrorCode::kInvalidArgument,
                   "--format parquet is for a file: noroshi flows query --format parquet … > FILE");
  RowsQuestion question{wanted.filter, wanted.window, options.limit.value_or(0)};
  const auto read = answers.read_parquet(question, [&](std::string_view piece) -> Status {
    if (output.write(piece)) return {};
    return failure(ErrorCode::kIo, "standard output is closed");
  });
  // The output itself has said so, or has been closed by a reader that has what it wanted.
  if (!output.is_open()) return {};
  if (!read) return tl::unexpected(in_context("--format parquet", read.error()));
  return {};
}

Result<std::vector<AnsweredGroups>> questions_of(const Options& options) {
  const auto order = TRY(parse_order(options.order));
  std::vector<AnsweredGroups> questions;
  for (const auto& stat : options.stats)
    for (auto& question : TRY(parse_stat(stat, order))) questions.push_back(std::move(question));
  for (const auto& aggregate : options.aggregates)
    questions.push_back(TRY(parse_aggregate(aggregate, order)));
  return questions;
}

Exit run(Options options) {
  Output output;
  for (const auto* texts : {&options.stats, &options.aggregates})
    for (const auto& text : *texts) options.flows.origins |= names_origins(text);
  return run_flows_command(
      options.flows, output, [&](const FlowsWanted& wanted, FlowAnswers& answers) -> Status {
        auto questions = TRY(questions_of(options));
        if (options.format == "parquet") {
          if (questions.empty()) return write_parquet(options, wanted, answers, output);
          return failure(
              ErrorCode::kInvalidArgument,
              "--format parquet holds flows, not sums: leave --stat and --aggregate out");
        }
        if (questions.empty()) return list_rows(options, wanted, answers, output);
        return ask_groups(std::move(questions), options.limit.value_or(kGroupsShown),
                          options.format, wanted, answers, output);
      });
}

}  // namespace

void add_flows_query(CLI::App& flows, Action& action) {
  auto* command = flows.add_subcommand(
      "query", "List the flows that pass a filter, or add them up by what they have in common.");
  auto options = std::make_shared<Options>();
  add_flows_arguments(*command, options->flows);
  command
      ->add_option("--stat", options->stats,
                   "The largest values of an element: srcip, dstport/bytes, srcip4/24/packets …; "
                   "may be repeated")
      ->allow_extra_args(false)
      ->type_name("ELEMENT[/ORDER]");
  command
      ->add_option("--aggregate", options->aggregates,
                   "The largest groups by several elements: srcip,dstport; may be repeated")
      ->allow_extra_args(false)
      ->type_name("FIELDS");
  command
      ->add_option("--order", options->order,
                   "By what groups are ranked: flows, packets, bytes, pps, bps or bpp")
      ->type_name("ORDER")
      ->capture_default_str();
  command
      ->add_option("--limit", options->limit,
                   "Rows of each answer; 0: all [10 groups; all flows of a list]")
      ->type_name("N");
  command
      ->add_option("--format", options->format,
                   "table; csv; json; nfdump: the columns of nfdump; parquet")
      ->check(CLI::IsMember({"table", "csv", "json", "parquet", "nfdump"}))
      ->type_name("FORMAT")
      ->capture_default_str();
  command->add_flag("--json", options->json, "The same as --format json");
  command->footer(
      "Elements: srcip dstip ip srcport dstport port proto srcas dstas as inif outif if vlan\n"
      "router nhip odid srccountry dstcountry country flags sampling; of an address also its\n"
      "network: srcip4/24, srcip6/64, srcip/24/64.\n"
      "\n"
      "Examples:\n"
      "  noroshi flows query 'dst port 23 and flags S' --stat srcip/flows --last 24h\n"
      "  noroshi flows query 'proto udp' --stat srcip/bytes --stat dstport/packets --file "
      "nfcapd.202611*\n"
      "  noroshi flows query --aggregate srcip,dstport --order bytes --limit 50 --json --file "
      "a.pcap\n"
      "  noroshi flows query 'host 192.0.2.1' --format csv --file router.pcap > host.csv\n"
      "Exit status: 0 done; 1 a recording could not be read; 2 misused.");
  command->callback([&action, options] {
    if (options->json) options->format = "json";
    action = [options] { return run(*options); };
  });
}

}  // namespace noroshi
