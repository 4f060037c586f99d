#include <unistd.h>

#include <memory>
#include <span>
#include <string>
#include <utility>

#include "app/oversight.h"
#include "desk/oversight_desk.h"
#include "guard.h"
#include "language.h"
#include "output.h"
#include "place_options.h"
#include "whole_file.h"

namespace noroshi {
namespace {

struct Options {
  DeskPlace place;
  ReportOrder order;
  std::string format = "html";
  std::string language;
  std::string file;  ///< empty: standard output
  bool json = false;
};

Status write_file(const std::string& path, const std::string& report) {
  auto file = TRY(WholeFile::create(path, WholeFile::Existing::kRefuse));
  TRY(file.write(std::as_bytes(std::span(report))));
  return file.finish();
}

Exit refuse(const Error& error) {
  complain(error.message);
  return error.code == ErrorCode::kInvalidArgument ? Exit::kMisused : Exit::kFailed;
}

Exit run(const Options& options) {
  auto order = options.order;
  order.language = language_of(options.language);
  const auto format = options.json ? std::string("json") : options.format;
  order.format = format == "pdf"    ? ReportOrder::Format::kPdf
                 : format == "json" ? ReportOrder::Format::kJson
                                    : ReportOrder::Format::kHtml;
  if (format == "pdf" && options.file.empty() && ::isatty(STDOUT_FILENO) == 1)
    return refuse({ErrorCode::kInvalidArgument,
                   "a PDF is nothing for a terminal: --output FILE, or another --format"});
  const auto report = ask_oversight(options.place, "report", to_json(order));
  if (!report) return refuse(report.error());
  if (!options.file.empty()) {
    const auto written = write_file(options.file, *report);
    if (!written) return refuse({ErrorCode::kIo, written.error().message});
    return Exit::kDone;
  }
  Output output;
  output.write(*report);
  return output.exit();
}

}  // namespace

void add_guard_report(CLI::App& guard, Action& action) {
  auto* command = guard.add_subcommand(
      "report", "The month's page that the privacy officer signs, gathered from the audit.");
  const auto options = std::make_shared<Options>();
  command
      ->add_option("--month", options->order.month,
                   "Which month, as 2026-11, in the policy's offset from UTC [this one]")
      ->type_name("YYYY-MM");
  command->add_option("--format", options->format, "html, pdf or json (json in both languages)")
      ->check(CLI::IsMember({"html", "pdf", "json"}))
      ->type_name("FORMAT")
      ->capture_default_str();
  command->add_flag("--json", options->json, "The same as --format json");
  command
      ->add_option("--output", options->file,
                   "Write it there; must not be there yet [standard output]")
      ->type_name("FILE");
  add_config_option(*command, options->place);
  add_language_option(*command, options->language);
  command->footer(
      "Examples:\n"
      "  noroshi guard report --month 2026-11 --format pdf --lang ja --output 2026-11.pdf\n"
      "  noroshi guard report --json | jq '.reads[] | {purpose, account, reads}'\n"
      "\n"
      "The whole chain is verified first. Who may is said by the policy ([oversight]); the report\n"
      "is itself on the record, with the file's hash.\n"
      "Exit status: 0 made; 1 failed, or not yours to make; 2 misused.");
  command->callback([&action, options] { action = [options] { return run(*options); }; });
}

}  // namespace noroshi
