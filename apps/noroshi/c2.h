#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "answer.h"
#include "app/ask_docket.h"
#include "app/open_desk.h"
#include "base/bilingual.h"
#include "base/result.h"
#include "command.h"

namespace noroshi {

/// `noroshi c2 …`: the servers that command bots, and what is thought of each.
void add_c2_commands(CLI::App& app, Action& action);
/// `noroshi infected …`: the lines that are thought infected.
void add_infected_commands(CLI::App& app, Action& action);

/// Each under the noun `c2`.
void add_c2_judge(CLI::App& c2, Action& action);
void add_c2_list(CLI::App& c2, Action& action);
void add_c2_show(CLI::App& c2, Action& action);
void add_c2_words(CLI::App& c2, Action& action);
void add_c2_recipe(CLI::App& c2, Action& action);

/// What every question about the docket takes.
struct DocketArguments {
  DeskPlace place;
  Asker asker;
  std::string language;
  bool json = false;
};
void add_docket_options(CLI::App& command, const std::shared_ptr<DocketArguments>& arguments);

/// The window of a judgement, in whole hours that have ended.
struct HoursArguments {
  std::string day;
  std::string from;
  std::string to;
};
void add_hours_options(CLI::App& command, HoursArguments& hours);
/// Adds "from" and "to" to a request; the last 24 whole hours where nothing was said.
[[nodiscard]] Status add_hours(const HoursArguments& hours, nlohmann::json& request);

/// Asks, and prints what came: as it is with --json, else as `text_of` says it. Progress is shown
/// on a terminal under the name `work`; empty: none.
[[nodiscard]] Exit ask_and_print(const DocketArguments& arguments, std::string_view verb,
                                 const Result<nlohmann::json>& request, std::string_view work,
                                 const TextOf& text_of);

/// "2026-11-22 09:00" of a JSON time, "-" of none.
[[nodiscard]] std::string minute_of(const nlohmann::json& time);
/// "new" in the person's language.
[[nodiscard]] std::string state_in_words(const std::string& state, const Words& words);
/// What a judgement left out, one line each; empty where it left nothing out.
[[nodiscard]] std::string left_out_in_words(const nlohmann::json& left_out, const Words& words);

}  // namespace noroshi
