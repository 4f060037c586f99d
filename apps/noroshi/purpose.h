#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "base/result.h"
#include "guard/policy/policy.h"

namespace noroshi {

/// `--purpose` and `--case`, which every command takes that reads about subscribers' traffic.
void add_purpose_options(CLI::App& command, std::string& purpose, std::string& case_id);

/// Who reads recordings of their own, and for what. They need a purpose of the policy in force that
/// is theirs, and are read as they are: what is in a file is in the hands of whoever has it.
struct RecordingReader {
  std::string account;
  std::string purpose;
  std::string case_id;
  std::string config;  ///< the configuration that names the policy; its other faults do not count
};
[[nodiscard]] Result<Purpose> purpose_for_recordings(const RecordingReader& reader);

}  // namespace noroshi
