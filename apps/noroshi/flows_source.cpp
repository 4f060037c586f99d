#include "flows_source.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <utility>

#include "app/config.h"
#include "app/plan.h"
#include "app/vocabulary.h"
#include "damage.h"
#include "desk/account.h"
#include "enrich/enricher.h"
#include "filter/moment.h"
#include "filter/parse.h"
#include "language.h"
#include "pipeline/recorded_flows.h"
#include "place_options.h"
#include "progress.h"
#include "purpose.h"
#include "time_arguments.h"

namespace noroshi {
namespace {

Result<std::uint64_t> parse_time(const char* option, const std::string& text, Timestamp now) {
  const auto moment = parse_filter_moment(text, now);
  if (!moment)
    return failure(ErrorCode::kInvalidArgument,
                   fmt::format("{} {}: not a moment such as now-2h, 2026-11-22T09:00 (UTC) or "
                               "2026-11-22T09:00:00+09:00",
                               option, text));
  return *moment;
}

Result<TimeWindow> window_of(const FlowsArguments& arguments, Timestamp now) {
  TimeWindow window;
  if (!arguments.last.empty()) {
    const auto length = parse_duration(arguments.last);
    if (!length) return tl::unexpected(in_context("--last", length.error()));
    window.from = to_unix_milliseconds(now - *length);
    window.to = to_unix_milliseconds(now);
    return window;
  }
  if (!arguments.from.empty()) window.from = TRY(parse_time("--from", arguments.from, now));
  if (!arguments.to.empty()) window.to = TRY(parse_time("--to", arguments.to, now));
  if (window.from >= window.to)
    return failure(ErrorCode::kInvalidArgument,
                   fmt::format("--from {} is not before --to {}", arguments.from, arguments.to));
  return window;
}

/// `--file A B 'proto tcp'`: where no filter stands by itself, a last "file" that is none but reads
/// as a filter is the filter.
void find_filter_among_files(FlowsArguments& arguments, Timestamp now) {
  if (!arguments.filter.empty() || arguments.files.size() < 2) return;
  const auto& last = arguments.files.back();
  if (last == "-" || ::access(last.c_str(), F_OK) == 0 || !parse_filter(last, {}, now)) return;
  arguments.filter = last;
  arguments.files.pop_back();
}

/// Where the answers come from, open for as long as a command runs.
class FlowsSource {
 public:
  virtual ~FlowsSource() = default;
  [[nodiscard]] virtual FlowAnswers& answers() = 0;
  /// The local words of filters.
  [[nodiscard]] virtual Result<FilterVocabulary> vocabulary() = 0;
  /// To be called once after the last answer: says on standard error what could not be read; false
  /// when anything could not.
  [[nodiscard]] virtual bool report() = 0;
};

/// The configuration of this machine, if there is one; its faults are the daemon's to name.
Config config_of(const DeskPlace& place) {
  auto config = read_config(place.config);
  return config ? std::move(*config) : Config();
}

std::function<void(FlowBatch&)> enrich_of(const FlowsArguments& arguments) {
  if (!arguments.origins && !names_origins(arguments.filter)) return {};
  auto origins = open_origins(config_of(arguments.place).enrich);
  if (!origins) {
    complain(origins.error().message);
    return {};
  }
  const auto enricher = std::make_shared<const Enricher>(std::move(*origins));
  return [enricher](FlowBatch& batch) { enricher->enrich(batch); };
}

class RecordingSource final : public FlowsSource {
 public:
  explicit RecordingSource(const FlowsArguments& arguments)
      : place_(arguments.place),
        flows_({.files = arguments.files, .default_sampling_rate = arguments.sampling},
               {.enrich = enrich_of(arguments),
                .on_read = [this](const std::string& file,
                                  const Recording& recording) { progress_.show(file, recording); },
                .on_end =
                    [this](const std::string& file, const Recording& recording) {
                      progress_.erase();
                      warn_of_damage(file, recording);
                      all_read_ = all_read_ && !nothing_could_be_read(recording.statistics());
                    }}) {}

  FlowAnswers& answers() override { return flows_; }
  Result<FilterVocabulary> vocabulary() override {
    return read_vocabulary(config_of(place_), [](const Error& error) { complain(error.message); });
  }

  bool report() override {
    progress_.erase();
    for (const auto& failure : flows_.failures()) complain(failure.message);
    if (!flows_.rows_in_order())
      complain("more rows than are sorted at once: they stand in sorted runs of a million");
    return all_read_ && flows_.failures().empty();
  }

 private:
  DeskPlace place_;
  Progress progress_;
  bool all_read_ = true;
  RecordedFlows flows_;
};

class HistorySource final : public FlowsSource {
 public:
  HistorySource(std::unique_ptr<Desk> desk, std::unique_ptr<FlowAnswers> flows)
      : desk_(std::move(desk)), flows_(std::move(flows)) {}

  FlowAnswers& answers() override { return *flows_; }
  Result<FilterVocabulary> vocabulary() override { return desk_->vocabulary(); }
  bool report() override { return true; }

 private:
  std::unique_ptr<Desk> desk_;
  std::unique_ptr<FlowAnswers> flows_;
};

Result<std::unique_ptr<FlowsSource>> open_source(const FlowsArguments& arguments) {
  if (!arguments.files.empty()) {
    TRY(purpose_for_recordings(
        {own_account(), arguments.purpose, arguments.case_id, arguments.place.config}));
    return std::make_unique<RecordingSource>(arguments);
  }
  auto desk = TRY(open_desk(arguments.place));
  auto flows = TRY(desk->flows({own_account(), arguments.purpose, arguments.case_id}));
  return std::make_unique<HistorySource>(std::move(desk), std::move(flows));
}

Exit refuse(const Error& error) {
  complain(error.message);
  const bool misused =
      error.code == ErrorCode::kInvalidArgument || error.code == ErrorCode::kUnsupported;
  return misused ? Exit::kMisused : Exit::kFailed;
}

Result<FlowsWanted> wanted_of(const FlowsArguments& arguments, const FilterVocabulary& vocabulary,
                              Timestamp now) {
  FlowsWanted wanted;
  wanted.filter = TRY(parse_filter(arguments.filter, vocabulary, now));
  wanted.window = TRY(window_of(arguments, now));
  wanted.vocabulary = vocabulary;
  return wanted;
}

}  // namespace

bool names_origins(std::string_view text) {
  return text.find("as") != std::string_view::npos ||
         text.find("country") != std::string_view::npos;
}

void add_time_arguments(CLI::App& command, FlowsArguments& arguments) {
  command.add_option("--from", arguments.from,
                     "Flows that ended then or later: now-2h, 2026-11-22T09:00 (UTC), "
                     "2026-11-22T09:00+09:00");
  command.add_option("--to", arguments.to, "Flows that ended before then");
  command.add_option("--last", arguments.last, "Flows that ended in the last 30m, 24h, 7d …")
      ->excludes("--from")
      ->excludes("--to");
}

void add_place_arguments(CLI::App& command, FlowsArguments& arguments) {
  add_config_option(command, arguments.place,
                    "Ask the history of this configuration [/etc/noroshi/noroshi.toml]");
  command
      .add_option("--store", arguments.place.store,
                  "Ask the history in this folder, as `noroshi collect --store` keeps it")
      ->type_name("DIR");
  add_purpose_options(command, arguments.purpose, arguments.case_id);
  add_language_option(command, arguments.language);
}

void add_flows_arguments(CLI::App& command, FlowsArguments& arguments) {
  command.add_option("FILTER", arguments.filter,
                     "Which flows, in nfdump's language, as one argument; left out: all");
  add_time_arguments(command, arguments);
  command
      .add_option("--file", arguments.files,
                  "Ask these recordings, of any kind, together; - is standard input. Without it "
                  "the history is asked")
      ->type_name("FILE");
  add_place_arguments(command, arguments);
  command
      .add_option("--sampling", arguments.sampling,
                  "1 packet in N was sampled, where a recording does not say")
      ->check(CLI::Range(1U, 0xffffffffU))
      ->type_name("N");
}

Exit run_flows_command(const FlowsArguments& given, const Output& output,
                       const FlowsCommand& command) {
  const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  auto arguments = given;
  find_filter_among_files(arguments, now);
  const auto source = open_source(arguments);
  if (!source) return refuse(source.error());
  const auto vocabulary = (*source)->vocabulary();
  if (!vocabulary) return refuse(vocabulary.error());
  const auto wanted = wanted_of(arguments, *vocabulary, now);
  if (!wanted) return refuse(wanted.error());
  const auto done = command(*wanted, (*source)->answers());
  for (const auto& note : (*source)->answers().notes())
    complain(note.in(language_of(arguments.language)));
  const bool all_read = (*source)->report();
  if (!done) return refuse(done.error());
  if (output.exit() != Exit::kDone) return output.exit();
  return all_read ? Exit::kDone : Exit::kFailed;
}

}  // namespace noroshi
