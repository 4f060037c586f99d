#include <memory>
#include <string>
#include <vector>

#include "damage.h"
#include "output.h"
#include "progress.h"
#include "record/flow_csv.h"
#include "record/flow_json.h"
#include "record/flow_text.h"
#include "record/recording.h"
#include "recording_commands.h"

namespace noroshi {
namespace {

struct CatOptions {
  std::vector<std::string> files;
  std::string format = "json";
  std::uint32_t sampling = 0;
};

/// How flows are written: a header before the first of them, if any, and their lines.
struct FlowWriter {
  void (*write_header)(std::string& out) = nullptr;
  void (*write)(const FlowBatch& batch, std::string& out) = nullptr;
};

FlowWriter writer_of(const std::string& format) {
  if (format == "csv") return {write_csv_header, write_csv};
  if (format == "nfdump") return {write_text_header, write_text};
  return {nullptr, write_json_lines};
}

/// Writes one recording; false when it could not be read to its end or nothing takes it any more.
bool cat(const std::string& path, const CatOptions& options, const FlowWriter& writer,
         Output& output) {
  auto recording = open_recording(path, {.default_sampling_rate = options.sampling, .meter = {}});
  if (!recording) {
    complain(recording.error().message);
    return false;
  }
  Progress progress;
  FlowBatch batch;
  std::string text;
  while (true) {
    const auto more = (*recording)->read(batch);
    if (!more) {
      progress.erase();
      complain(path, more.error().message);
      return false;
    }
    if (!*more) break;
    text.clear();
    writer.write(batch, text);
    if (!output.write(text)) return false;
    progress.show(path, **recording);
  }
  progress.erase();
  warn_of_damage(path, **recording);
  return !nothing_could_be_read((*recording)->statistics());
}

Exit run(const CatOptions& options) {
  const auto writer = writer_of(options.format);
  Output output;
  bool header_written = writer.write_header == nullptr;
  bool all_read = true;
  for (const auto& path : options.files) {
    if (!header_written) {
      std::string header;
      writer.write_header(header);
      header_written = true;
      if (!output.write(header)) return output.exit();
    }
    all_read = cat(path, options, writer, output) && all_read;
    if (!output.is_open()) return output.exit();
  }
  return all_read ? Exit::kDone : Exit::kFailed;
}

}  // namespace

void add_recording_cat(CLI::App& recording, Action& action) {
  auto* command = recording.add_subcommand("cat", "Print the flows of recordings, one per line.");
  auto options = std::make_shared<CatOptions>();
  command->add_option("FILE", options->files, "recordings of any kind we read; - is standard input")
      ->required();
  command
      ->add_option("--format", options->format,
                   "json: every field by name, one object a line; csv: every field, with a header "
                   "line; nfdump: columns for people")
      ->check(CLI::IsMember({"json", "csv", "nfdump"}))
      ->type_name("FORMAT")
      ->capture_default_str();
  command
      ->add_option("--sampling", options->sampling,
                   "1 packet in N was sampled, for exporters that do not say")
      ->check(CLI::PositiveNumber)
      ->type_name("N");
  command->footer(
      "Examples:\n"
      "  noroshi recording cat router.pcap\n"
      "  noroshi recording cat --format csv conn.log.gz > flows.csv\n"
      "  zcat nfcapd.202611220000.gz | noroshi recording cat --format nfdump - | less\n"
      "\n"
      "JSON and CSV are read back by every command that takes a recording.\n"
      "Exit status: 0 done; 1 some file could not be read; 2 misused.");
  command->callback([&action, options] { action = [options] { return run(*options); }; });
}

}  // namespace noroshi
