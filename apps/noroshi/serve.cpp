#include "serve.h"

#include <signal.h>
#include <sys/poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <chrono>
#include <memory>
#include <string>

#include "app/config.h"
#include "app/daemon.h"
#include "app/service_manager.h"
#include "output.h"
#include "telemetry/log.h"

namespace noroshi {
namespace {

struct Options {
  std::string config = "/etc/noroshi/noroshi.toml";
  std::string log_level = "info";
  std::string log_format = "text";
};

LogLevel level_of(const std::string& text) {
  if (text == "debug") return LogLevel::kDebug;
  if (text == "warning") return LogLevel::kWarning;
  if (text == "error") return LogLevel::kError;
  return LogLevel::kInfo;
}

/// Signals as events: blocked in every thread, because they are blocked before any is started.
class Signals {
 public:
  Signals() {
    sigset_t set;
    sigemptyset(&set);
    for (const int number : {SIGHUP, SIGINT, SIGTERM}) sigaddset(&set, number);
    sigprocmask(SIG_BLOCK, &set, nullptr);
    descriptor_ = signalfd(-1, &set, SFD_CLOEXEC);
  }
  ~Signals() { ::close(descriptor_); }
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  /// The next signal, or 0 after `within`.
  [[nodiscard]] int wait(std::chrono::milliseconds within) const {
    pollfd waiting{descriptor_, POLLIN, 0};
    if (::poll(&waiting, 1, static_cast<int>(within.count())) <= 0) return 0;
    signalfd_siginfo info{};
    if (::read(descriptor_, &info, sizeof(info)) != static_cast<ssize_t>(sizeof(info))) return 0;
    return static_cast<int>(info.ssi_signo);
  }

 private:
  int descriptor_ = -1;
};

void reload(Daemon& daemon, const Options& options, ServiceManager& manager, Log& log) {
  manager.reloading();
  const auto config = read_config(options.config);
  const auto status = config ? daemon.reload(*config) : tl::unexpected(config.error());
  // What ran before goes on: a slip in the file must not stop collection.
  if (status)
    log.info("configuration read again", {{"file", options.config}});
  else
    log.error("configuration refused", {{"why", status.error().message}});
  manager.ready();
}

Exit run(const Options& options) {
  const Signals signals;
  Log log(level_of(options.log_level),
          options.log_format == "json" ? LogFormat::kJson : LogFormat::kText);
  auto config = read_config(options.config);
  if (!config) {
    complain(config.error().message);
    return Exit::kMisused;
  }
  ServiceManager manager;
  bool told_to_end = false;
  Daemon daemon(std::move(*config), {.log = log, .starting = [&](const std::string& doing) {
                                       manager.still_starting();
                                       manager.status(doing);
                                       const int signal =
                                           signals.wait(std::chrono::milliseconds(0));
                                       told_to_end |= signal == SIGINT || signal == SIGTERM;
                                       return !told_to_end;
                                     }});
  if (const auto started = daemon.start(); !started) {
    complain(started.error().message);
    return told_to_end ? Exit::kDone : Exit::kMisused;
  }
  manager.ready();
  while (true) {
    const int signal = signals.wait(std::chrono::milliseconds(1000));
    if (signal == SIGINT || signal == SIGTERM) break;
    if (signal == SIGHUP) reload(daemon, options, manager, log);
    daemon.tick();
    manager.alive();
    manager.status(daemon.status_line());
  }
  manager.stopping();
  log.info("stopping");
  daemon.stop();
  log.info("stopped");
  return Exit::kDone;
}

}  // namespace

void add_serve(CLI::App& app, Action& action) {
  auto* command = app.add_subcommand(
      "serve", "Collect flows, keep their history and answer questions, until told to stop.");
  auto options = std::make_shared<Options>();
  command->add_option("--config", options->config, "the configuration")
      ->type_name("FILE")
      ->capture_default_str();
  command->add_option("--log-level", options->log_level, "the least that is logged")
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}))
      ->type_name("LEVEL")
      ->capture_default_str();
  command->add_option("--log-format", options->log_format, "lines for people or for programs")
      ->check(CLI::IsMember({"text", "json"}))
      ->type_name("FORMAT")
      ->capture_default_str();
  command->footer(
      "Examples:\n"
      "  noroshi serve --config noroshi.toml\n"
      "  noroshi config check noroshi.toml && kill -HUP $(pidof noroshi)\n"
      "\n"
      "SIGHUP reads the configuration again; SIGTERM and SIGINT stop after the batch in hand is\n"
      "safe. Log lines go to standard error.\n"
      "Exit status: 0 stopped when told to; 2 could not start.");
  command->callback([&action, options] { action = [options] { return run(*options); }; });
}

}  // namespace noroshi
