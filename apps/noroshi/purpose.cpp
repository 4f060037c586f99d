#include "purpose.h"

#include <chrono>

#include "app/config.h"
#include "guard/permission.h"

namespace noroshi {

void add_purpose_options(CLI::App& command, std::string& purpose, std::string& case_id) {
  command
      .add_option("--purpose", purpose,
                  "What it is read for: a purpose of the policy (noroshi guard policy show) [the "
                  "default one of your role]")
      ->type_name("NAME");
  command.add_option("--case", case_id, "The case it is read for")->type_name("ID");
}

Result<Purpose> purpose_for_recordings(const RecordingReader& reader) {
  const auto config = read_config(reader.config);
  const auto policy = TRY(policy_in_force(config ? config->guard.policy : std::string()));
  const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  const auto chosen = choose_purpose(
      policy, {policy.person_of(reader.account), reader.purpose, reader.case_id}, now);
  if (!chosen) return tl::unexpected(chosen.error().error);
  return **chosen;
}

}  // namespace noroshi
