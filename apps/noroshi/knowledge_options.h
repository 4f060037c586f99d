#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "pipeline/knowledge.h"

namespace noroshi {

/// What a command was told of addresses, and what holds it.
struct StatedKnowledge {
  IndicatorIndex indicators;
  std::shared_ptr<const WarningLists> warnings;

  /// Refers to this.
  [[nodiscard]] Knowledge knowledge() const;
};

/// --feed and --warning-list.
struct KnowledgeOptions {
  std::vector<std::string> feeds;
  std::vector<std::string> warning_lists;

  void add_to(CLI::App& command);
  /// Reads the files; says on standard error how many lines of a feed could not be read.
  [[nodiscard]] Result<std::unique_ptr<StatedKnowledge>> read() const;
};

}  // namespace noroshi
