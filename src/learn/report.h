#pragma once

#include <string>
#include <vector>

#include "learn/evaluation.h"

namespace noroshi {

/// What a report says of where its figures come from.
struct ReportHead {
  std::string command;                ///< that makes it again
  std::vector<std::string> examples;  ///< files, with their digests
  std::uint64_t days = 0;             ///< of networks, each view counted
  std::uint64_t commands = 0;         ///< rows of C&C servers, of innocent ones
  std::uint64_t innocent = 0;
  std::uint64_t hard = 0;  ///< of the innocent: those that the truth names
  std::vector<std::string> networks;
};
[[nodiscard]] ReportHead head_of(const ExampleSet& examples);

/// Tables that Markdown and HTML share.
struct ReportTable {
  std::string title;
  std::string note;
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
};
[[nodiscard]] std::vector<ReportTable> report_tables(const Evaluation& evaluation);

[[nodiscard]] std::string report_markdown(const Evaluation& evaluation, const ReportHead& head);
[[nodiscard]] std::string report_json(const Evaluation& evaluation, const ReportHead& head);
/// One file that needs no other: tables, and plots as SVG.
[[nodiscard]] std::string report_html(const Evaluation& evaluation, const ReportHead& head);

}  // namespace noroshi
