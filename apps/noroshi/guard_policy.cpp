#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "app/config.h"
#include "guard.h"
#include "guard/policy/findings.h"
#include "guard/policy/policy.h"
#include "guard/policy/policy_text.h"
#include "language.h"
#include "output.h"

namespace noroshi {
namespace {

struct Options {
  std::string file;   ///< empty: the policy in force
  std::string other;  ///< empty: the policy in force
  std::string config = "/etc/noroshi/noroshi.toml";
  bool config_stated = false;
  std::string language;
  bool json = false;
};

Result<Config> config_of(const Options& options) {
  std::error_code ignored;
  if (!options.config_stated && !std::filesystem::exists(options.config, ignored)) return Config();
  return read_config(options.config);
}

Result<Policy> policy_of(const std::string& file, const Config& config) {
  return file.empty() ? policy_in_force(config.guard.policy) : read_policy(file);
}

Exit refuse(const Error& error) {
  complain(error.message);
  return error.code == ErrorCode::kNotFound || error.code == ErrorCode::kIo ? Exit::kFailed
                                                                            : Exit::kMisused;
}

nlohmann::ordered_json json_of(const std::vector<Bilingual>& found) {
  auto list = nlohmann::ordered_json::array();
  for (const auto& each : found) list.push_back({{"ja", each.ja}, {"en", each.en}});
  return list;
}

Exit check(const Options& options) {
  const auto config = config_of(options);
  if (!config) return refuse(config.error());
  const auto policy = policy_of(options.file, *config);
  if (!policy) {
    if (options.json) {
      Output output;
      output.write(nlohmann::ordered_json({{"ok", false}, {"error", policy.error().message}})
                       .dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) +
                   "\n");
      return policy.error().code == ErrorCode::kNotFound ? Exit::kFailed : Exit::kMisused;
    }
    return refuse(policy.error());
  }
  const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  const auto& keep = config->retention;
  const auto found = findings(
      *policy,
      {.flows = keep.flows_days,
       .contacts = keep.contacts_days,
       .rollups = std::max({keep.rollup_1m_days, keep.rollup_5m_days, keep.rollup_1h_days})},
      now);
  Output output;
  if (options.json) {
    const nlohmann::ordered_json json = {
        {"ok", true}, {"source", policy->source}, {"findings", json_of(found)}};
    output.write(json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
    return output.exit();
  }
  const auto language = language_of(options.language);
  const bool japanese = language == Language::kJapanese;
  output.write(fmt::format(fmt::runtime(japanese ? "{}: 正しい。目的 {}、役割 {}、人 {}\n"
                                                 : "{}: good; {} purposes, {} roles, {} people\n"),
                           policy->source, policy->purposes.size(), policy->roles.size(),
                           policy->persons.size()));
  for (const auto& finding : found) output.write("  " + finding.in(language) + "\n");
  return output.exit();
}

Exit show(const Options& options) {
  const auto config = config_of(options);
  if (!config) return refuse(config.error());
  const auto policy = policy_of(options.file, *config);
  if (!policy) return refuse(policy.error());
  Output output;
  output.write(options.json ? policy_as_json(*policy)
                            : policy_as_text(*policy, language_of(options.language)));
  return output.exit();
}

Exit diff(const Options& options) {
  const auto config = config_of(options);
  if (!config) return refuse(config.error());
  // One file: what would change if it came into force. Two: from the first to the second.
  const bool one = options.other.empty();
  const auto before = policy_of(one ? "" : options.file, *config);
  if (!before) return refuse(before.error());
  const auto after = policy_of(one ? options.file : options.other, *config);
  if (!after) return refuse(after.error());
  Output output;
  output.write(options.json ? difference_as_json(*before, *after)
                            : difference_as_text(*before, *after, language_of(options.language)));
  return output.exit();
}

void add_common_options(CLI::App& command, const std::shared_ptr<Options>& options) {
  command
      .add_option_function<std::string>(
          "--config",
          [options](const std::string& file) {
            options->config = file;
            options->config_stated = true;
          },
          "The configuration that names the policy in force [/etc/noroshi/noroshi.toml]")
      ->type_name("FILE");
  command.add_flag("--json", options->json, "As JSON, in both languages");
  add_language_option(command, options->language);
}

}  // namespace

void add_guard_policy(CLI::App& guard, Action& action) {
  auto* policy = guard.add_subcommand("policy", "The policy: who may read what, and what for.");
  policy->require_subcommand(1);
  policy->footer(
      "Examples:\n"
      "  noroshi guard policy show --lang ja\n"
      "  noroshi guard policy diff ./policy.toml\n"
      "\n"
      "Exit status: 0 done; 1 a file could not be read; 2 misused, or the policy is not good.");
  const auto options = std::make_shared<Options>();

  auto* check_command =
      policy->add_subcommand("check", "Say whether a policy is good, and if not, where and why.");
  check_command->add_option("FILE", options->file, "The policy; left out: the one in force");
  add_common_options(*check_command, options);
  check_command->footer(
      "Examples:\n"
      "  noroshi guard policy check\n"
      "  noroshi guard policy check ./policy.toml && systemctl reload noroshi\n"
      "\n"
      "What a good policy lists below its first line deserves a second look.\n"
      "Exit status: 0 good; 1 the file could not be read; 2 not good.");
  check_command->callback([&action, options] { action = [options] { return check(*options); }; });

  auto* show_command = policy->add_subcommand("show", "Say in plain words what a policy means.");
  show_command->add_option("FILE", options->file, "The policy; left out: the one in force");
  add_common_options(*show_command, options);
  show_command->footer(
      "Examples:\n"
      "  noroshi guard policy show --lang ja\n"
      "  noroshi guard policy show --json ./policy.toml\n"
      "\n"
      "Exit status: 0 done; 1 the file could not be read; 2 misused, or the policy is not good.");
  show_command->callback([&action, options] { action = [options] { return show(*options); }; });

  auto* diff_command = policy->add_subcommand("diff", "Say in plain words what changes.");
  diff_command
      ->add_option("FILE", options->file,
                   "The new policy, against the one in force; or the old one, where two are named")
      ->required();
  diff_command->add_option("NEW", options->other, "The new policy");
  add_common_options(*diff_command, options);
  diff_command->footer(
      "Examples:\n"
      "  noroshi guard policy diff ./policy.toml\n"
      "  noroshi guard policy diff old.toml new.toml --lang ja\n"
      "\n"
      "Prints nothing where nothing changes.\n"
      "Exit status: 0 done; 1 a file could not be read; 2 misused, or a policy is not good.");
  diff_command->callback([&action, options] { action = [options] { return diff(*options); }; });
}

}  // namespace noroshi
