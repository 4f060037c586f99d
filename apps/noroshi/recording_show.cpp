#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "base/time.h"
#include "damage.h"
#include "output.h"
#include "progress.h"
#include "record/recording.h"
#include "record/totals.h"
#include "recording_commands.h"

namespace noroshi {
namespace {

struct ShowOptions {
  std::vector<std::string> files;
  bool json = false;
  std::uint32_t sampling = 0;
};

/// What one recording held.
struct Shown {
  std::string file;
  std::string format;
  RecordingStatistics statistics;
  FlowTotals totals;
  bool read_to_end = true;
};

/// nullopt, and one line on standard error, when nothing of it could be read; what was read before
/// the system refused to give more, and `read_to_end` false, when it did.
std::optional<Shown> read_recording(const std::string& path, const ShowOptions& options) {
  auto recording = open_recording(path, {.default_sampling_rate = options.sampling, .meter = {}});
  if (!recording) {
    complain(recording.error().message);
    return std::nullopt;
  }
  FlowTotals totals(std::random_device{}());
  FlowBatch batch;
  Progress progress;
  bool read_to_end = true;
  while (true) {
    const auto more = (*recording)->read(batch);
    if (!more) {
      progress.erase();
      complain(path, more.error().message);
      if (totals.flows() + totals.events() == 0) return std::nullopt;
      read_to_end = false;
      break;
    }
    if (!*more) break;
    totals.add(batch);
    progress.show(path, **recording);
  }
  progress.erase();
  warn_of_damage(path, **recording);
  const auto& statistics = (*recording)->statistics();
  if (nothing_could_be_read(statistics)) return std::nullopt;
  return Shown{path, (*recording)->format(), statistics, std::move(totals), read_to_end};
}

std::uint64_t exporters_of(const RecordingStatistics& statistics) {
  return statistics.exporters.size() + statistics.exporters_not_listed;
}

using Json = nlohmann::ordered_json;

Json json_time(std::uint64_t unix_milliseconds) {
  if (unix_milliseconds == 0) return nullptr;
  return to_rfc3339(from_unix_milliseconds(unix_milliseconds));
}

Json json_count(std::optional<std::uint64_t> count) {
  if (!count) return nullptr;
  return *count;
}

Json to_json(const Shown& shown) {
  const auto& decode = shown.statistics.decode;
  const auto& totals = shown.totals;
  auto addresses = Json::array();
  for (const auto& exporter : shown.statistics.exporters) addresses.push_back(exporter.to_string());
  return {
      {"file", shown.file},
      {"format", shown.format},
      {"exporters", exporters_of(shown.statistics)},
      {"datagrams", decode.datagrams},
      {"records", decode.records},
      {"option_records", decode.option_records},
      {"templates", decode.templates},
      {"flows", totals.flows()},
      {"packets", totals.packets()},
      {"bytes", totals.bytes()},
      {"sources", totals.sources()},
      {"first", json_time(totals.first())},
      {"last", json_time(totals.last())},
      {"undecodable", Json(undecodable_by_reason(shown.statistics))},
      {"lost_records", decode.lost_records},
      {"packets_estimated", json_count(totals.packets_estimated())},
      {"bytes_estimated", json_count(totals.bytes_estimated())},
      {"sampling_unknown_flows", totals.sampling_unknown_flows()},
      {"sources_complete", totals.sources_complete()},
      {"exporter_addresses", addresses},
      {"events", totals.events()},
      {"damage", Json(shown.statistics.damage)},
      {"lost_datagrams", decode.lost_datagrams},
      {"reordered", decode.reordered},
      {"sequence_resets", decode.sequence_resets},
      {"templates_replaced", decode.templates_replaced},
      {"templates_withdrawn", decode.templates_withdrawn},
      {"templates_evicted", decode.templates_evicted},
      {"sessions_evicted", decode.sessions_evicted},
      {"counter_samples", decode.counter_samples},
      {"drop_samples", decode.drop_samples},
      {"unknown_samples", decode.unknown_samples},
      {"clamped_times", decode.clamped_times},
      {"packets_read", shown.statistics.packets_read},
      {"packets_ignored", shown.statistics.packets_ignored},
  };
}

/// "23,145".
std::string grouped(std::uint64_t value) {
  auto text = std::to_string(value);
  for (std::size_t i = text.size(); i > 3;) text.insert(i -= 3, 1, ',');
  return text;
}

/// The lines of one block; those that would only say zero are left out where few files have them.
class Block {
 public:
  explicit Block(std::string_view title) : text_(fmt::format("{}\n", title)) {}

  void line(std::string_view name, std::string_view value) {
    text_ += fmt::format("  {:<16} {}\n", name, value);
  }
  void count(std::string_view name, std::uint64_t value) {
    line(name, fmt::format("{:>16}", grouped(value)));
  }
  void count_unless_zero(std::string_view name, std::uint64_t value) {
    if (value != 0) count(name, value);
  }
  void estimated(std::string_view name, std::uint64_t value,
                 std::optional<std::uint64_t> estimate) {
    line(name, fmt::format("{:>16}  {}", grouped(value),
                           !estimate           ? "estimate not possible: sampling not known"
                           : estimate == value ? "not sampled"
                                               : fmt::format("estimated {}", grouped(*estimate))));
  }
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

std::string list_exporters(const RecordingStatistics& statistics) {
  constexpr std::size_t kMostShown = 6;
  std::string text;
  std::size_t shown = 0;
  for (const auto& exporter : statistics.exporters) {
    if (shown++ == kMostShown) break;
    text += fmt::format("{}{}", text.empty() ? "" : ", ", exporter.to_string());
  }
  return exporters_of(statistics) > kMostShown ? text + ", …" : text;
}

std::string to_block(const Shown& shown) {
  const auto& decode = shown.statistics.decode;
  const auto& totals = shown.totals;
  Block block(shown.file);
  block.line("format", shown.format);
  if (totals.first() != 0) {
    block.line("first", to_rfc3339(from_unix_milliseconds(totals.first())));
    block.line("last", to_rfc3339(from_unix_milliseconds(totals.last())));
  }
  if (const auto exporters = exporters_of(shown.statistics); exporters > 0)
    block.line("exporters",
               fmt::format("{:>16}  {}", grouped(exporters), list_exporters(shown.statistics)));
  block.count_unless_zero("packets read", shown.statistics.packets_read);
  block.count_unless_zero("ignored", shown.statistics.packets_ignored);
  block.count_unless_zero("datagrams", decode.datagrams);
  block.count_unless_zero("templates", decode.templates);
  block.count_unless_zero("option records", decode.option_records);
  block.count("records", decode.records);
  block.count("flows", totals.flows());
  block.count_unless_zero("events", totals.events());
  if (totals.flows() > 0) {
    block.estimated("packets", totals.packets(), totals.packets_estimated());
    block.estimated("bytes", totals.bytes(), totals.bytes_estimated());
    block.line("sources", fmt::format("{:>16}{}", grouped(totals.sources()),
                                      totals.sources_complete() ? "" : "  or more"));
  }
  for (const auto& [reason, times] : undecodable_by_reason(shown.statistics))
    block.line("undecodable", fmt::format("{:>16}  {}", grouped(times), reason));
  block.count_unless_zero("lost records", decode.lost_records);
  block.count_unless_zero("lost datagrams", decode.lost_datagrams);
  block.count_unless_zero("reordered", decode.reordered);
  block.count_unless_zero("restarts", decode.sequence_resets);
  return block.take();
}

Exit run(const ShowOptions& options) {
  Output output;
  auto recordings = Json::array();
  bool all_read = true;
  bool first = true;
  for (const auto& path : options.files) {
    const auto shown = read_recording(path, options);
    all_read = all_read && shown && shown->read_to_end;
    if (!shown) continue;
    if (options.json) {
      recordings.push_back(to_json(*shown));
    } else {
      if (!output.write((first ? "" : "\n") + to_block(*shown))) return output.exit();
      first = false;
    }
  }
  if (options.json) {
    const Json document{{"recordings", std::move(recordings)}};
    // A file name need not be UTF-8; JSON must be.
    if (!output.write(document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"))
      return output.exit();
  }
  return all_read ? Exit::kDone : Exit::kFailed;
}

}  // namespace

void add_recording_show(CLI::App& recording, Action& action) {
  auto* command = recording.add_subcommand(
      "show", "Say what recordings hold: format, exporters, totals, loss.");
  auto options = std::make_shared<ShowOptions>();
  command->add_option("FILE", options->files, "recordings of any kind we read; - is standard input")
      ->required();
  command->add_flag("--json", options->json, "print one JSON document");
  command
      ->add_option("--sampling", options->sampling,
                   "1 packet in N was sampled, for exporters that do not say")
      ->check(CLI::PositiveNumber)
      ->type_name("N");
  command->footer(
      "Examples:\n"
      "  noroshi recording show router.pcap nfcapd.202611220000 conn.log.gz\n"
      "  noroshi recording show --json export.ipfix | jq '.recordings[0].flows'\n"
      "  noroshi recording show --sampling 1000 - < router.pcap\n"
      "\n"
      "Packets and bytes are as exported; estimates multiply by the sampling rate.\n"
      "Of a damaged file the readable part is shown, with a warning.\n"
      "Exit status: 0 done; 1 some file could not be read; 2 misused.");
  command->callback([&action, options] { action = [options] { return run(*options); }; });
}

}  // namespace noroshi
