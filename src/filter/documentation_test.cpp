// docs/reference/filter.md says what the parser does: each of its examples is read, and each
// service is listed.

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "filter/parse.h"
#include "filter/service_names.h"

namespace noroshi {
namespace {

std::string documentation() {
  const char* source = std::getenv("NOROSHI_SOURCE");
  std::ifstream file(std::string(source != nullptr ? source : ".") + "/docs/reference/filter.md");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(FilterDocumentation, EveryExampleIsRead) {
  FilterVocabulary vocabulary;
  for (const auto* tag : {"cameras", "warning-hard", "warning-soft", "warning-relabel"})
    vocabulary.tags[tag] = {};
  vocabulary.exporters["tokyo-1"] = {};
  vocabulary.interfaces.push_back({.exporter = Prefix::parse("192.0.2.1").value(),
                                   .index = 3,
                                   .name = "peer-a",
                                   .description = "To the core",
                                   .external = true,
                                   .configured = true});
  const auto now = from_unix_milliseconds(1'795'330'800'000);
  std::istringstream lines(documentation());
  std::size_t examples = 0;
  bool inside = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("```")) {
      inside = line == "```filter";
    } else if (inside) {
      ++examples;
      const auto condition = parse_filter(line, vocabulary, now);
      EXPECT_TRUE(condition) << condition.error().message;
    } else if (line.starts_with("| `") && line.ends_with("` |")) {
      // A table of terms: the example is the last cell.
      const auto begin = line.rfind("| `") + 3;
      const auto example = line.substr(begin, line.size() - 3 - begin);
      if (example.find('`') != std::string::npos) continue;
      ++examples;
      const auto condition = parse_filter(example, vocabulary, now);
      EXPECT_TRUE(condition) << condition.error().message;
    }
  }
  EXPECT_GE(examples, 60U);
}

TEST(FilterDocumentation, EveryServiceIsListed) {
  const auto text = documentation();
  for (const auto name : service_names())
    EXPECT_NE(text.find('`' + std::string(name) + '`'), std::string::npos) << name;
}

}  // namespace
}  // namespace noroshi
