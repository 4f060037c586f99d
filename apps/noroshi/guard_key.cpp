#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "app/config.h"
#include "app/plan.h"
#include "app/record_key.h"
#include "guard.h"
#include "guard/pseudonym/key_file.h"
#include "guard/pseudonym/pseudonym_keeper.h"
#include "output.h"

namespace noroshi {
namespace {

struct Options {
  std::string config = "/etc/noroshi/noroshi.toml";
  std::string key_file;  ///< empty: the configuration's
  std::string from;
  std::string id;
  bool yes = false;
  bool json = false;
};

std::uint64_t this_hour() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::floor<std::chrono::hours>(now).count());
}

Result<std::filesystem::path> path_of(const Options& options) {
  if (!options.key_file.empty()) return options.key_file;
  return key_file_of(TRY(read_config(options.config)));
}

/// The audit beside the keys: that of the configuration, else of the state folder that the key file
/// lies in as `guard/keys` does. A key file that is anywhere else belongs to no audit.
Result<std::optional<KeyAudit>> audit_of(const Options& options) {
  if (options.key_file.empty()) return KeyAudit{TRY(read_config(options.config)), true};
  const auto folder = std::filesystem::absolute(options.key_file).parent_path();
  if (folder.filename() != "guard") return std::nullopt;
  KeyAudit audit;
  audit.config.serve.state = folder.parent_path();
  return audit;
}

/// Writes the keys, and first what is done to them into the audit; if they then cannot be written,
/// that too.
Status write_on_record(const KeyFile& keys, const std::filesystem::path& path,
                       const Options& options, KeyAct act) {
  const auto audit = TRY(audit_of(options));
  if (audit)
    TRY(record_key_act(*audit, act));
  else
    complain(path.string() + ": not in a folder `guard`, so this is on no record");
  const auto written = keys.write(path);
  if (written || !audit) return written;
  act.act += " failed";
  TRY(record_key_act(*audit, act));
  return written;
}

std::string_view state_of(const PseudonymKey& key, std::uint64_t now) {
  if (key.retired) return "retired";
  if (key.from > now) return "coming";
  return key.covers(now) ? "current" : "past";
}

std::string until_text(const PseudonymKey& key) {
  return key.until == PseudonymKey::kNoEnd ? "-" : hour_text(key.until);
}

std::string table_of(const KeyFile& keys) {
  std::string text = fmt::format("{:<20} {:<15} {:<15} {}\n", "Key", "From", "Until", "State");
  for (const auto& key : keys.keys())
    text += fmt::format("{:<20} {:<15} {:<15} {}\n", key.id, hour_text(key.from), until_text(key),
                        state_of(key, this_hour()));
  return text;
}

std::string json_of(const KeyFile& keys) {
  auto list = nlohmann::json::array();
  for (const auto& key : keys.keys()) {
    nlohmann::json one = {
        {"id", key.id}, {"from", hour_text(key.from)}, {"state", state_of(key, this_hour())}};
    if (key.until != PseudonymKey::kNoEnd) one["until"] = hour_text(key.until);
    if (key.retired) one["retired"] = hour_text(*key.retired);
    list.push_back(std::move(one));
  }
  return nlohmann::json{{"keys", std::move(list)}}.dump(1) + "\n";
}

Result<Exit> init(const Options& options) {
  const auto path = TRY(path_of(options));
  std::error_code error;
  if (!path.parent_path().empty()) {
    const bool made = std::filesystem::create_directories(path.parent_path(), error);
    if (made)
      std::filesystem::permissions(path.parent_path(), std::filesystem::perms::owner_all, error);
    if (error)
      return failure(ErrorCode::kIo,
                     fmt::format("{}: {}", path.parent_path().string(), error.message()));
  }
  const auto lock = TRY(KeyFileLock::take(path));
  if (std::filesystem::exists(path, error))
    return failure(ErrorCode::kInvalidArgument,
                   fmt::format("{}: there is a key file already; for a new key: noroshi guard key "
                               "rotate",
                               path.string()));
  const auto keys = KeyFile::create(this_hour());
  const auto& key = keys.keys().front();
  TRY(write_on_record(keys, path, options, {"init", key.id, hour_text(key.from)}));
  Output output;
  output.write(fmt::format(
      "{}: made key {}.\nKeep a copy where only the guard's keeper can reach it: without it no "
      "pseudonym can be reversed.\n",
      path.string(), keys.keys().front().id));
  return output.exit();
}

Result<Exit> list(const Options& options) {
  const auto keys = TRY(KeyFile::read(TRY(path_of(options))));
  Output output;
  output.write(options.json ? json_of(keys) : table_of(keys));
  return output.exit();
}

Result<Exit> rotate(const Options& options) {
  const auto path = TRY(path_of(options));
  const auto lock = TRY(KeyFileLock::take(path));
  auto keys = TRY(KeyFile::read(path));
  const auto now = this_hour();
  auto from = std::max(now + KeyFile::kLeadHours, keys.keys().back().from + KeyFile::kLeastHours);
  if (!options.from.empty()) {
    const auto hour = hour_of_text(options.from);
    if (!hour)
      return failure(ErrorCode::kInvalidArgument,
                     fmt::format("--from {}: write an hour in UTC, such as {}", options.from,
                                 hour_text(from)));
    from = *hour;
  }
  const auto id = TRY(keys.rotate(from, now));
  TRY(write_on_record(keys, path, options, {"rotate", id, hour_text(from)}));
  Output output;
  output.write(fmt::format("{}: key {} takes over at {}. A daemon that runs sees it by itself.\n",
                           path.string(), id, hour_text(from)));
  return output.exit();
}

Result<Exit> retire(const Options& options) {
  const auto path = TRY(path_of(options));
  if (!options.yes)
    return failure(
        ErrorCode::kInvalidArgument,
        fmt::format("no pseudonym made with key {} can be reversed ever after; say --yes "
                    "if that is meant",
                    options.id));
  const auto lock = TRY(KeyFileLock::take(path));
  auto keys = TRY(KeyFile::read(path));
  TRY(keys.retire(options.id, this_hour()));
  TRY(write_on_record(keys, path, options, {"retire", options.id, ""}));
  Output output;
  output.write(fmt::format("{}: key {} is retired: its secret is gone from this file.\n",
                           path.string(), options.id));
  return output.exit();
}

using Verb = Result<Exit> (*)(const Options&);

CLI::App* add_verb(CLI::App& key, Action& action, const char* name, const char* description,
                   const std::shared_ptr<Options>& options, Verb verb) {
  auto* command = key.add_subcommand(name, description);
  command->add_option("--config", options->config, "the daemon's configuration")
      ->type_name("FILE")
      ->capture_default_str();
  command
      ->add_option("--key-file", options->key_file,
                   "the key file [as the configuration says: guard/keys in serve.state]")
      ->type_name("FILE");
  command->callback([&action, options, verb] {
    action = [options, verb] {
      forbid_dumps();
      const auto done = verb(*options);
      if (done) return *done;
      complain(done.error().message);
      return done.error().code == ErrorCode::kInvalidArgument ? Exit::kMisused : Exit::kFailed;
    };
  });
  return command;
}

}  // namespace

void add_guard_key(CLI::App& guard, Action& action) {
  auto* key = guard.add_subcommand("key", "The keys of subscribers' pseudonyms.");
  key->require_subcommand(1);
  const auto options = std::make_shared<Options>();
  add_verb(*key, action, "init", "Make the key file, with one key for all times.", options, init)
      ->footer(
          "Examples:\n"
          "  noroshi guard key init\n"
          "  noroshi guard key init --key-file flows/guard/keys\n"
          "\n"
          "Exit status: 0 made; 1 could not be written; 2 there is one already.");
  auto* listing =
      add_verb(*key, action, "list", "Every key: for which hours, and whether it can reverse.",
               options, list);
  listing->add_flag("--json", options->json, "as JSON");
  listing->footer(
      "Examples:\n"
      "  noroshi guard key list\n"
      "  noroshi guard key list --json | jq '.keys[] | select(.state == \"past\").id'\n"
      "\n"
      "Secrets are never shown. Exit status: 0 done; 1 not readable; 2 misused.");
  auto* rotation = add_verb(*key, action, "rotate", "Add a key that takes over at an hour's start.",
                            options, rotate);
  rotation
      ->add_option("--from", options->from,
                   "the hour, in UTC, at least 4 ahead and 48 after the last [the earliest]")
      ->type_name("2026-11-22T15Z");
  rotation->footer(
      "Examples:\n"
      "  noroshi guard key rotate\n"
      "  noroshi guard key rotate --from 2026-12-01T00Z\n"
      "\n"
      "Old keys stay for reversal until they are retired. A subscriber's pseudonym changes at "
      "that\n"
      "hour. Exit status: 0 done; 1 could not be written; 2 misused.");
  auto* retirement =
      add_verb(*key, action, "retire", "Destroy an old key: what it made can never be reversed.",
               options, retire);
  retirement->add_option("ID", options->id, "the key, as `list` names it")->required();
  retirement->add_flag("--yes", options->yes, "yes, for ever");
  retirement->footer(
      "Examples:\n"
      "  noroshi guard key retire 2026-11-22-3fa1c0 --yes\n"
      "\n"
      "Copies of the file elsewhere are yours to destroy. Exit status: 0 done; 1 could not be\n"
      "written; 2 misused, or the key is still in use.");
}

}  // namespace noroshi
