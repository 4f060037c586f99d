#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>

#include "guard.h"
#include "guard/cases/entitlement.h"
#include "guard/filing/check.h"
#include "guard/filing/filing.h"
#include "guard/filing/form.h"
#include "guard/policy/policy.h"
#include "guard_office.h"
#include "language.h"
#include "output.h"
#include "whole_file.h"

// Door (in): a filing that the user names, and answers at the terminal. Guard: checked whole
// before it is filed.
// Door (out): questions of the form. Guard: no data.

namespace noroshi {
namespace {

using Json = nlohmann::json;

struct Options {
  OfficeOptions office;
  std::string from;
  std::string check;
  std::string draft = "noroshi-filing.toml";
  std::string reason;
  bool demo = false;
  bool withdraw = false;
  bool show = false;
  bool empty_form = false;
};

Result<std::string> text_of_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file.is_open() || file.bad())
    return failure(ErrorCode::kNotFound, path + ": cannot be read");
  if (text.size() > kMostFilingOctets)
    return failure(ErrorCode::kInvalidArgument,
                   fmt::format("{}: longer than {} octets", path, kMostFilingOctets));
  return text;
}

/// What is in force and whether it is collected, for a person.
std::string words_of(const Json& shown, Language language) {
  const char* const own = language == Language::kJapanese ? "ja" : "en";
  std::string text;
  if (const auto& filing = shown.at("filing"); filing.is_null()) {
    text += in_words(language, "有効な届出はありません\n", "no filing is in force\n");
  } else {
    text +=
        in_words(language, "届出: {}、{} による（SHA-256 {}）\n", "filed {} by {} (SHA-256 {})\n",
                 filing.at("filed").get<std::string>(), filing.at("filed_by").get<std::string>(),
                 filing.at("sha256").get<std::string>());
    text += filing.at("text").get<std::string>() + "\n";
  }
  if (const auto& mode = shown.at("mode_in_words"); !mode.is_null())
    text += mode.at(own).get<std::string>() + "\n";
  text += shown.at("collecting").get<bool>()
              ? in_words(language, "収集しています\n", "collecting\n")
              : in_words(language, "収集していません\n", "not collecting\n");
  if (const auto& failed = shown.at("failed"); failed != "")
    text += failed.get<std::string>() + "\n";
  for (const auto& fault : shown.at("missing"))
    text += fmt::format("{}: {}\n", fault.at("code").get<std::string>(),
                        fault.at(own).get<std::string>());
  return text;
}

Exit file(const Options& options, const std::string& text) {
  const Json body = {{"text", text}};
  return print_office(
      options.office,
      ask_office(options.office, "file", body.dump(-1, ' ', false, Json::error_handler_t::replace)),
      words_of);
}

Exit withdraw(const Options& options) {
  const Json body = {{"reason", options.reason}};
  return print_office(options.office,
                      ask_office(options.office, "file/withdraw",
                                 body.dump(-1, ' ', false, Json::error_handler_t::replace)),
                      words_of);
}

/// Under the policy in force on this machine, whoever asks and whatever is filed.
Exit check(const Options& options) {
  const auto text = text_of_file(options.check);
  if (!text) return tell(text.error());
  const auto filing = parse_filing(*text, options.check);
  if (!filing) return tell(filing.error());
  const auto config = config_at(options.office.place);
  if (!config) return tell(config.error());
  const auto policy = policy_in_force(config->guard.policy);
  if (!policy) return tell(policy.error());
  const auto faults =
      faults_of(*filing,
                {[&](std::string_view purpose) { return policy->find_purpose(purpose) != nullptr; },
                 [&](std::string_view account) { return responsible_person(*policy, account); }},
                std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()));
  Output output;
  const auto language = language_of(options.office.language);
  if (options.office.json) {
    auto list = Json::array();
    for (const auto& fault : faults)
      list.push_back({{"code", fault.code}, {"ja", fault.text.ja}, {"en", fault.text.en}});
    const Json document = {{"good", faults.empty()}, {"missing", std::move(list)}};
    output.write(document.dump(1, ' ', false, Json::error_handler_t::replace) + "\n");
  } else {
    output.write(faults.empty()
                     ? in_words(language, "{}: 届け出られます\n", "{}: good\n", options.check)
                     : to_lines(faults, language));
  }
  return faults.empty() ? output.exit() : Exit::kMisused;
}

Status write_draft(const std::string& path, const Filing& draft) {
  auto whole = TRY(WholeFile::create(path, WholeFile::Existing::kReplace));
  TRY(whole.write(std::as_bytes(std::span<const char>(print_filing(draft)))));
  return whole.finish();
}

/// Where the form begins: what was answered before, else what is in force.
Result<Filing> begun(const Options& options) {
  std::error_code ignored;
  if (std::filesystem::exists(options.draft, ignored))
    return parse_filing(TRY(text_of_file(options.draft)), options.draft);
  const auto shown = ask_office(options.office, "file/show", "{}");
  if (!shown || shown->at("filing").is_null() || shown->at("demo") == true) return Filing();
  return parse_filing(shown->at("filing").at("text").get<std::string>(), "filing.toml");
}

Exit ask(const Options& options) {
  if (::isatty(STDIN_FILENO) != 1)
    return tell({ErrorCode::kInvalidArgument,
                 "the form is filled in on a terminal; elsewhere file a text: --template prints an "
                 "empty one, --from files it"});
  auto draft = begun(options);
  if (!draft) return tell(draft.error());
  std::string trouble;
  const FilingForm form(language_of(options.office.language),
                        {[](std::string_view text) { std::cerr << text << std::flush; },
                         []() -> std::optional<std::string> {
                           std::string line;
                           if (!std::getline(std::cin, line)) return std::nullopt;
                           return line;
                         },
                         [&](const Filing& so_far) {
                           const auto written = write_draft(options.draft, so_far);
                           // Said once: the answers are in hand all the same.
                           if (!written && trouble.empty())
                             complain(trouble = written.error().message);
                         }});
  const auto filing = form.ask(std::move(*draft));
  if (!filing) {
    complain(in_words(language_of(options.office.language),
                      "届け出ていません。答えは {} にあります",
                      "nothing was filed; the answers are in {}", options.draft));
    return Exit::kFailed;
  }
  return file(options, print_filing(*filing));
}

Exit run(const Options& options) {
  const int ways = static_cast<int>(!options.from.empty()) +
                   static_cast<int>(!options.check.empty()) + static_cast<int>(options.demo) +
                   static_cast<int>(options.withdraw) + static_cast<int>(options.show) +
                   static_cast<int>(options.empty_form);
  if (ways > 1)
    return tell({ErrorCode::kInvalidArgument,
                 "--from, --demo, --withdraw, --show, --check and --template exclude each other"});
  if (options.withdraw != !options.reason.empty())
    return tell({ErrorCode::kInvalidArgument, "--withdraw and --reason belong together"});
  if (options.empty_form) {
    Output output;
    output.write(filing_template());
    return output.exit();
  }
  if (!options.check.empty()) return check(options);
  if (options.show)
    return print_office(options.office, ask_office(options.office, "file/show", "{}"), words_of);
  if (options.withdraw) return withdraw(options);
  if (options.demo) return file(options, std::string(demo_filing()));
  if (options.from.empty()) return ask(options);
  const auto text = text_of_file(options.from);
  return text ? file(options, *text) : tell(text.error());
}

}  // namespace

void add_guard_file(CLI::App& guard, Action& action) {
  const auto options = std::make_shared<Options>();
  auto* command = guard.add_subcommand(
      "file",
      "File what live flows are collected for, why, by which means, and what ends it. Nothing is "
      "collected before.");
  command
      ->add_option("--from", options->from,
                   "File this text; without it, a form asks for each answer")
      ->type_name("FILE");
  command->add_flag("--demo", options->demo,
                    "File Noroshi's own filing for simulated traffic, on loopback alone");
  command->add_flag("--withdraw", options->withdraw,
                    "End the filing in force, and collection with it");
  command->add_option("--reason", options->reason, "Why it is withdrawn")->type_name("TEXT");
  command->add_flag("--show", options->show,
                    "What is filed, and whether it is collected; if not, what is missing");
  command->add_option("--check", options->check, "Say what is missing in a text, and file nothing")
      ->type_name("FILE");
  command->add_flag("--template", options->empty_form,
                    "Print an empty filing with its questions, to be filled in with an editor");
  command
      ->add_option("--draft", options->draft, "Where the form keeps answers, and finds them again")
      ->capture_default_str()
      ->type_name("FILE");
  add_office_options(*command, options->office);
  command->footer(
      "Examples:\n"
      "  noroshi guard file --lang ja\n"
      "  noroshi guard file --template > filing.toml && editor filing.toml\n"
      "  noroshi guard file --check filing.toml && noroshi guard file --from filing.toml\n"
      "  noroshi guard file --show\n"
      "  noroshi guard file --withdraw --reason 'the trial has ended'\n"
      "\n"
      "Whoever administers this machine may file, and the person whom a filing names responsible.\n"
      "Exit status: 0 done; 1 not permitted, or nobody to ask; 2 misused, or the filing has "
      "faults.");
  command->callback([&action, options] { action = [options] { return run(*options); }; });
}

}  // namespace noroshi
