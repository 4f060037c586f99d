#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "app/plan.h"
#include "damage.h"
#include "enrich/enricher.h"
#include "flows.h"
#include "guard/pseudonym/key_hour.h"
#include "guard/pseudonym/pseudonym_keeper.h"
#include "guard/pseudonym/pseudonymiser.h"
#include "output.h"
#include "pipeline/kept_history.h"
#include "progress.h"
#include "record/recording.h"

namespace noroshi {
namespace {

struct Options {
  std::vector<std::string> files;
  std::string config = "/etc/noroshi/noroshi.toml";
  std::string store;
  std::uint32_t sampling = 0;
  bool json = false;
};

struct Imported {
  std::uint64_t files = 0;
  std::uint64_t flows = 0;
  std::uint64_t without_key = 0;  ///< addresses that were blanked
  bool all_read = true;
};

constexpr std::uint64_t kFlowsBetweenFlushes = 800'000;  // below what the writer holds in memory
constexpr std::chrono::minutes kPatience{5};

/// Of a daemon's configuration, or of a folder as `noroshi collect --store` makes it.
Result<Config> config_of(const Options& options) {
  if (options.store.empty()) return read_config(options.config);
  std::error_code error;
  std::filesystem::create_directories(options.store, error);
  if (error) return failure(ErrorCode::kIo, fmt::format("{}: {}", options.store, error.message()));
  return config_of_store(options.store);
}

/// The door that what is collected goes through as well: behind it stand pseudonyms. With the keys
/// of the time that a recording is of.
class Door {
 public:
  Status open(PseudonymKeeper::Config config) {
    if (!config.subscribers.empty()) forbid_dumps();
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return keeper_.load(
        std::move(config),
        static_cast<std::uint64_t>(std::chrono::floor<std::chrono::hours>(now).count()));
  }
  Status pass(FlowBatch& batch) {
    if (batch.empty()) return {};
    TRY(keeper_.tick(key_hour(batch.last().front(), batch.received().front())));
    pseudonymiser_.apply(batch);
    return {};
  }
  [[nodiscard]] std::uint64_t without_key() const {
    return pseudonymiser_.statistics().without_key;
  }

 private:
  Pseudonymiser pseudonymiser_;
  PseudonymKeeper keeper_{pseudonymiser_};
};

/// Reads one file into the history; false when it could not be read to its end.
Result<bool> import(const std::string& path, const Options& options, const Enricher& enricher,
                    Door& door, HistoryWriter& writer, Imported& imported) {
  auto recording = open_recording(path, {.default_sampling_rate = options.sampling, .meter = {}});
  if (!recording) {
    complain(recording.error().message);
    return false;
  }
  Progress progress;
  std::uint64_t since_flush = 0;
  while (true) {
    FlowBatch batch;
    const auto more = (*recording)->read(batch);
    if (!more) {
      progress.erase();
      complain(path, more.error().message);
      return false;
    }
    if (!*more) break;
    enricher.enrich(batch);
    TRY(door.pass(batch));
    imported.flows += batch.size();
    since_flush += batch.size();
    writer.take(std::move(batch));
    // A file comes faster than an engine takes it, and a writer that is asked to keep up with a
    // network would rather lose flows than wait.
    if (since_flush >= kFlowsBetweenFlushes) {
      TRY(writer.flush(kPatience));
      since_flush = 0;
    }
    progress.show(path, **recording);
  }
  TRY(writer.flush(kPatience));
  progress.erase();
  warn_of_damage(path, **recording);
  ++imported.files;
  return !nothing_could_be_read((*recording)->statistics());
}

Result<Imported> import_all(const Options& options) {
  const auto config = TRY(config_of(options));
  auto plan = TRY(plan_of(config));
  if (!plan.history)
    return failure(ErrorCode::kInvalidArgument, options.config + ": no history is kept");
  auto origins = open_origins(config.enrich);
  if (!origins) complain(origins.error().message);
  const Enricher enricher(origins ? std::move(*origins) : nullptr);
  Door door;
  TRY(door.open(plan.pseudonyms));
  auto kept = TRY(KeptHistory::open(std::move(*plan.history)));
  kept->start();
  Imported imported;
  for (const auto& path : options.files)
    imported.all_read =
        TRY(import(path, options, enricher, door, kept->writer(), imported)) && imported.all_read;
  kept->stop();
  imported.without_key = door.without_key();
  if (const auto lost = kept->writer().statistics().lost; lost > 0)
    return failure(ErrorCode::kIo, fmt::format("{} flows could not be kept", lost));
  return imported;
}

Exit run(const Options& options) {
  const auto imported = import_all(options);
  if (!imported) {
    complain(imported.error().message);
    return imported.error().code == ErrorCode::kInvalidArgument ? Exit::kMisused : Exit::kFailed;
  }
  if (imported->without_key > 0)
    complain(
        fmt::format("{} addresses of subscribers were left out: no key is there for their time",
                    imported->without_key));
  Output output;
  if (options.json)
    output.write(nlohmann::json({{"files", imported->files}, {"flows", imported->flows}}).dump() +
                 "\n");
  else
    output.write(fmt::format("{} flows of {} files\n", imported->flows, imported->files));
  return imported->all_read ? output.exit() : Exit::kFailed;
}

}  // namespace

void add_flows_import(CLI::App& flows, Action& action) {
  auto* command = flows.add_subcommand(
      "import", "Put the flows of recordings into the history, as if they had been collected.");
  auto options = std::make_shared<Options>();
  command->add_option("FILE", options->files, "recordings of any kind we read; - is standard input")
      ->required();
  command
      ->add_option("--store", options->store,
                   "into the history in this folder, as `noroshi collect --store` keeps it")
      ->type_name("DIR");
  command->add_option("--config", options->config, "into the history of this configuration")
      ->type_name("FILE")
      ->excludes("--store")
      ->capture_default_str();
  command
      ->add_option("--sampling", options->sampling,
                   "1 packet in N was sampled, where a recording does not say")
      ->check(CLI::PositiveNumber)
      ->type_name("N");
  command->add_flag("--json", options->json, "say what was imported as JSON");
  command->footer(
      "Examples:\n"
      "  noroshi flows import --store case nfcapd.2026*\n"
      "  noroshi flows query 'dst port 23' --stat srcip --store case\n"
      "\n"
      "A file imported twice is there twice. A running daemon has its history to itself: stop it\n"
      "first, or import into a folder of your own. Retention applies to what is imported.\n"
      "Exit status: 0 done; 1 some file could not be read, or not be kept; 2 misused.");
  command->callback([&action, options] { action = [options] { return run(*options); }; });
}

}  // namespace noroshi
