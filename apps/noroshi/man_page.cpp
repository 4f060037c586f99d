#include "man_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

// Door (out): manual pages. Guard: no data.

namespace noroshi {
namespace {

/// Text as roff takes it literally: no control lines, no escapes, hyphens that stay hyphens.
std::string escaped(const std::string& text) {
  std::string result;
  bool line_begins = true;
  for (const char c : text) {
    if (line_begins && (c == '.' || c == '\'')) result += "\\&";
    line_begins = c == '\n';
    if (c == '\\') {
      result += "\\e";
    } else if (c == '-') {
      result += "\\-";
    } else {
      result += c;
    }
  }
  return result;
}

std::string page_name(std::string name) {
  std::ranges::replace(name, ' ', '-');
  return name;
}

/// "--format FORMAT:{json,csv}" or "FILE ...".
std::string option_title(const CLI::Option& option) {
  const auto name =
      option.get_positional() ? option.get_single_name() : option.get_name(false, true);
  if (option.get_positional()) return name + (option.get_expected_max() > 1 ? " ..." : "");
  const auto type = option.get_type_size() == 0 ? std::string() : option.get_type_name();
  return type.empty() ? name : name + " " + type;
}

std::string synopsis(const CLI::App& command, const std::string& name) {
  std::string text = fmt::format(".B {}\n", escaped(name));
  std::string positionals;
  for (const auto* option : command.get_options()) {
    if (option->get_group().empty()) continue;
    const auto title = escaped(option_title(*option));
    if (option->get_positional())
      positionals += fmt::format(".I {}\n", title);
    else
      text += fmt::format("[{}]\n", title);
  }
  text += positionals;
  if (!command.get_subcommands({}).empty()) text += ".I COMMAND\n";
  return text;
}

/// The footer: a line that ends with a colon begins a section, indented lines stand as they are.
std::string footer_sections(const std::string& footer) {
  std::string text;
  std::istringstream lines(footer);
  std::string line;
  bool literal = false;
  const auto set_literal = [&](bool wanted) {
    if (wanted != literal) text += wanted ? ".nf\n" : ".fi\n";
    literal = wanted;
  };
  while (std::getline(lines, line)) {
    set_literal(line.starts_with("  "));
    if (line.empty()) {
      text += ".PP\n";
    } else if (line.ends_with(':') && !literal) {
      std::string title = line.substr(0, line.size() - 1);
      std::ranges::transform(title, title.begin(), [](unsigned char c) { return std::toupper(c); });
      text += fmt::format(".SH {}\n", escaped(title));
    } else {
      text += escaped(line) + "\n";
    }
  }
  set_literal(false);
  return text;
}

Status write_pages(const CLI::App& command, const std::string& name, const std::string& folder) {
  const auto path = fmt::format("{}/{}.1", folder, page_name(name));
  std::ofstream file(path, std::ios::binary);
  file << man_page(command, name);
  file.close();
  if (!file) return failure(ErrorCode::kIo, fmt::format("{}: {}", path, std::strerror(errno)));
  for (const auto* below : command.get_subcommands({})) {
    const auto written = write_pages(*below, name + " " + below->get_name(), folder);
    if (!written) return written;
  }
  return {};
}

}  // namespace

std::string man_page(const CLI::App& command, const std::string& name) {
  const auto description = escaped(command.get_description());
  std::string title = page_name(name);
  std::ranges::transform(title, title.begin(), [](unsigned char c) { return std::toupper(c); });
  std::string page = fmt::format(".TH {} 1 \"\" \"noroshi {}\" \"User Commands\"\n", escaped(title),
                                 escaped(NOROSHI_VERSION)) +
                     fmt::format(".SH NAME\n{} \\- {}\n", escaped(page_name(name)), description) +
                     fmt::format(".SH SYNOPSIS\n{}", synopsis(command, name)) +
                     fmt::format(".SH DESCRIPTION\n{}\n", description);

  page += ".SH OPTIONS\n";
  for (const auto* option : command.get_options())
    if (!option->get_group().empty())
      page += fmt::format(".TP\n.B {}\n{}\n", escaped(option_title(*option)),
                          escaped(option->get_description()));

  const auto commands = command.get_subcommands({});
  if (!commands.empty()) page += ".SH COMMANDS\n";
  for (const auto* below : commands)
    page += fmt::format(".TP\n.BR {}-{} (1)\n{}\n", escaped(page_name(name)),
                        escaped(below->get_name()), escaped(below->get_description()));
  return page + footer_sections(command.get_footer());
}

Status write_man_pages(const CLI::App& program, const std::string& folder) {
  return write_pages(program, "noroshi", folder);
}

}  // namespace noroshi
