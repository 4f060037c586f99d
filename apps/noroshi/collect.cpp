#include "collect.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/guarded_collection.h"
#include "collect/collector.h"
#include "collect_permit.h"
#include "collect_pipeline.h"
#include "collect_summary.h"
#include "output.h"
#include "place_options.h"
#include "time_arguments.h"

// Door (out): flows as lines while they are collected, and the summary. Guard: collected only
// under a filing; subscribers are pseudonyms.

namespace noroshi {
namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* kExamples = R"(
Examples:
  noroshi collect --listen 0.0.0.0:2055 --store /var/lib/noroshi
  noroshi collect --listen '[::]:2055' --listen '[::]:6343' --no-history --for 5m --json
  noroshi collect --listen tls://[::]:4740 --tls-certificate us.pem --tls-key us.key --no-history
  noroshi collect --listen 0.0.0.0:2055 --store flows --subscribers 198.51.100.0/22 2001:db8::/32
  noroshi collect --listen 0.0.0.0:2055 --exporter tokyo1=192.0.2.1 --sampling 1000 --no-history

NetFlow v5, v9, IPFIX and sFlow v5 are told apart by content: one port may carry all. tcp:// and
tls:// addresses take IPFIX. Every exporter is welcome. The summary on standard output comes when
the time is up or the command is interrupted (SIGINT, SIGTERM).
On loopback alone anything may be collected: it is simulated. Elsewhere a filing is needed
(noroshi guard file), of --store's folder or else of the installation that --config names.
Exit status: 0 done; 1 an address could not be had, flows not be written, or the filing ended it; 2
misused, or no filing allows it.)";

struct Options {
  std::vector<std::string> listen;
  std::vector<std::string> exporters;
  std::string duration;
  CollectPipeline::Config pipeline{{}, {}, "/usr/share/libloc-location/location.db", {}};
  std::string templates;
  std::vector<std::string> subscribers;
  std::string key_file;
  TlsFiles tls;
  DeskPlace installation;
  std::size_t workers = 1;
  std::uint32_t sampling = 0;
  bool no_history = false;
  bool json = false;
};

/// "NAME=PREFIX".
Result<ExporterRule> rule_of(const std::string& text) {
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals == 0)
    return failure(ErrorCode::kInvalidArgument,
                   fmt::format("--exporter {}: write NAME=PREFIX, such as tokyo1=192.0.2.1", text));
  ExporterRule rule{TRY(Prefix::parse(std::string_view(text).substr(equals + 1))), {}};
  rule.treatment.name = text.substr(0, equals);
  return rule;
}

Result<Collector::Config> config_of(const Options& options) {
  Collector::Config config;
  for (const auto& text : options.listen) config.listen.push_back(TRY(ListenAddress::parse(text)));
  for (const auto& text : options.exporters) config.exporters.rules.push_back(TRY(rule_of(text)));
  config.workers = options.workers;
  config.decoder.default_sampling_rate = options.sampling;
  config.templates.path = options.templates;
  if (options.templates.empty() && !options.pipeline.store.empty())
    config.templates.path = options.pipeline.store + "/templates";
  config.streams.tls = options.tls;
  config.streams.decoder.default_sampling_rate = options.sampling;
  return config;
}

Result<PseudonymKeeper::Config> pseudonyms_of(const Options& options) {
  PseudonymKeeper::Config config;
  for (const auto& text : options.subscribers)
    config.subscribers.push_back(TRY(Prefix::parse(text)));
  config.key_file = options.key_file;
  if (options.subscribers.empty() || !options.key_file.empty()) return config;
  if (options.pipeline.store.empty())
    return failure(ErrorCode::kInvalidArgument,
                   "--subscribers needs --key-file: noroshi guard key init makes one");
  config.key_file = options.pipeline.store + "/guard/keys";
  return config;
}

/// SIGINT and SIGTERM, waited for instead of interrupting. Made before any thread, so that every
/// thread leaves them to the one that waits.
class EndSignals {
 public:
  EndSignals() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGINT);
    sigaddset(&signals_, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  }

  /// True when one has come within `most`.
  [[nodiscard]] bool wait(std::chrono::nanoseconds most) const {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(most);
    const timespec time{seconds.count(), (most - seconds).count()};
    return ::sigtimedwait(&signals_, nullptr, &time) > 0;
  }

 private:
  sigset_t signals_{};
};

rusage usage_so_far() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage;
}

double processor_seconds(const rusage& usage) {
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// A line a second on a terminal: what comes in, and what is lost.
class StatusLine {
 public:
  StatusLine() : enabled_(::isatty(STDERR_FILENO) == 1) {}

  void show(const CollectorReport& report, Clock::time_point now) {
    if (!enabled_) return;
    const auto flows = report.totals.decode.flows;
    const std::chrono::duration<double> elapsed = now - latest_;
    const auto rate = static_cast<double>(flows - flows_) / elapsed.count();
    flows_ = flows;
    latest_ = now;
    fmt::print(stderr, "\r\x1b[K{:.0f} flows/s, {} flows, {} lost, {} dropped by the kernel", rate,
               flows, lost(report), report.kernel_drops);
    std::fflush(stderr);
  }
  void erase() const {
    if (enabled_) fmt::print(stderr, "\r\x1b[K");
  }

 private:
  bool enabled_;
  std::uint64_t flows_ = 0;
  Clock::time_point latest_ = Clock::now();
};

/// Until the time is up, somebody interrupts, or the filing ends it; the last is an error.
Status watch(const Collector& collector, CollectPipeline& pipeline, CollectPermit& permit,
             const EndSignals& signals, Clock::time_point end) {
  constexpr std::chrono::seconds kInterval{1};
  StatusLine line;
  std::string trouble;
  Status allowed;
  while (allowed) {
    const auto left = end - Clock::now();
    if (left <= Clock::duration::zero()) break;
    if (signals.wait(std::min<std::chrono::nanoseconds>(left, kInterval))) break;
    const auto report = collector.report();
    line.show(report, Clock::now());
    allowed = permit.meanwhile(pipeline.office(), report.totals.decode.flows);
    // Said once: what ran before goes on.
    const auto ticked = pipeline.tick();
    if (!ticked && ticked.error().message != trouble) complain(ticked.error().message);
    trouble = ticked ? std::string() : ticked.error().message;
  }
  line.erase();
  return allowed;
}

Result<Exit> run(const Options& options) {
  if (options.no_history != options.pipeline.store.empty())
    return failure(ErrorCode::kInvalidArgument,
                   "say where flows go: either --store FOLDER or --no-history");
  const auto config = TRY(config_of(options));
  std::optional<std::chrono::seconds> duration;
  if (!options.duration.empty()) duration = TRY(parse_duration(options.duration));

  auto place = options.installation;
  place.store = options.pipeline.store;
  CollectPermit permit(addresses_of(config.listen), std::move(place));
  if (const auto allowed = permit.before(); !allowed) {
    complain(allowed.error().message);
    return allowed.error().code == ErrorCode::kPermission ? Exit::kMisused : Exit::kFailed;
  }

  const EndSignals signals;
  auto pipeline_config = options.pipeline;
  pipeline_config.pseudonyms = TRY(pseudonyms_of(options));
  const auto pipeline = TRY(CollectPipeline::open(pipeline_config));
  Collector collector(config,
                      {pipeline->sink(), [](const std::string& message) { complain(message); }});
  TRY(collector.start());
  const auto began = Clock::now();
  for (const auto& address : collector.listening())
    complain(fmt::format("listening on {}", address.to_string()));
  const auto allowed = watch(collector, *pipeline, permit, signals,
                             duration ? began + *duration : Clock::time_point::max());
  collector.stop();

  CollectSummary summary;
  summary.report = collector.report();
  summary.exporters = collector.exporters();
  summary.pseudonyms = !options.subscribers.empty();
  const auto kept = pipeline->finish();
  if (kept) summary.kept = *kept;
  summary.seconds = std::chrono::duration<double>(Clock::now() - began).count();
  const auto usage = usage_so_far();
  summary.cpu_seconds = processor_seconds(usage);
  summary.peak_memory_kib = static_cast<std::uint64_t>(usage.ru_maxrss);
  Output output;
  output.write(options.json ? summary_as_json(summary) : summary_as_table(summary));
  if (!kept) return tl::unexpected(kept.error());
  if (!allowed) {
    complain(allowed.error().message);
    return Exit::kFailed;
  }
  return output.exit();
}

Exit run_command(const Options& options) {
  const auto status = run(options);
  if (status) return *status;
  complain(status.error().message);
  return status.error().code == ErrorCode::kInvalidArgument ? Exit::kMisused : Exit::kFailed;
}

}  // namespace

void add_collect(CLI::App& app, Action& action) {
  const auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand("collect", "Receive flow exports, in the foreground.");
  command->footer(kExamples);
  command
      ->add_option("--listen", options->listen,
                   "ADDRESS:PORT, again for each; [::]:2055 is every address of both families")
      ->required()
      ->type_name("ADDRESS:PORT");
  command
      ->add_option("--store", options->pipeline.store,
                   "Keep flows and hourly contacts in this folder: history, spool and templates")
      ->type_name("FOLDER");
  command->add_flag("--no-history", options->no_history,
                    "Keep nothing: decode, enrich, summarise and count");
  command->add_option("--for", options->duration, "End after 90s, 30m, 2h [when interrupted]")
      ->type_name("DURATION");
  command->add_flag("--json", options->json, "The summary as JSON");
  command->add_option("--workers", options->workers, "Threads that receive over UDP")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  command
      ->add_option("--sampling", options->sampling,
                   "1 packet in N was sampled, for exporters that do not say")
      ->check(CLI::PositiveNumber)
      ->type_name("N");
  command
      ->add_option("--exporter", options->exporters,
                   "Name an exporter or a block of them, again for each")
      ->type_name("NAME=PREFIX");
  command
      ->add_option("--print-flows", options->pipeline.print_flows,
                   "Write every flow to a file as it would be kept: one JSON object a line")
      ->type_name("FILE");
  command
      ->add_option("--templates", options->templates,
                   "Keep templates over restarts in this file [with --store, FOLDER/templates]")
      ->type_name("FILE");
  command
      ->add_option("--location-database", options->pipeline.location_database,
                   "Of libloc: fills in AS numbers and countries; '' for none")
      ->capture_default_str()
      ->type_name("FILE");
  command
      ->add_option("--subscribers", options->subscribers,
                   "Addresses in these are replaced by pseudonyms as they come in")
      ->type_name("PREFIX");
  command
      ->add_option("--key-file", options->key_file,
                   "The keys of the pseudonyms [with --store, FOLDER/guard/keys]")
      ->type_name("FILE");
  add_config_option(*command, options->installation,
                    "With --no-history: the installation whose filing covers this "
                    "[/etc/noroshi/noroshi.toml]");
  command
      ->add_option("--tls-certificate", options->tls.certificate,
                   "For tls:// addresses: our certificate and its chain, PEM")
      ->type_name("FILE");
  command->add_option("--tls-key", options->tls.key, "Its key, PEM")->type_name("FILE");
  command
      ->add_option("--tls-client-ca", options->tls.client_ca,
                   "Exporters must show a certificate that one of these signed, PEM")
      ->type_name("FILE");
  command->callback([options, &action] { action = [options] { return run_command(*options); }; });
}

}  // namespace noroshi
