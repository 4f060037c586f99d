#include "app/rows_from_before.h"

#include <fmt/format.h>

#include <utility>

#include "app/plan.h"
#include "app/running_audit.h"

namespace noroshi {
namespace {

/// Between two lines of the log about one partition.
constexpr std::chrono::seconds kBetweenLines{10};

OldRowsCheck::Config config_of(const Config& config, const std::filesystem::path& spool) {
  return {.choice = config.guard.old_rows,
          .subscribers = config.subscribers,
          .mark = guard_folder_of(config) + "/old_rows",
          .spool = spool,
          .key_file = key_file_of(config),
          .node = audit_config_of(config).audit.node};
}

}  // namespace

RowsFromBefore::RowsFromBefore(const Config& config, const std::filesystem::path& spool,
                               Dependencies dependencies)
    : dependencies_(std::move(dependencies)),
      rewrites_(config.guard.old_rows == OldRows::kRewrite),
      check_(config_of(config, spool),
             {dependencies_.guard, dependencies_.office.holds(),
              [this](AuditEntry entry) -> Status {
                TRY(dependencies_.office.office().append(std::move(entry)));
                return {};
              },
              [this](const std::string& what, const Deletion& of) {
                dependencies_.log.warn("rows with addresses in clear",
                                       {{"now", what},
                                        {"table", of.table},
                                        {"from", to_rfc3339(of.from)},
                                        {"rows", fmt::format("{}", of.rows)}});
              },
              [this](const OldRowsCheck::Progress& progress) { return tell(progress); }}) {}

Status RowsFromBefore::tell(const OldRowsCheck::Progress& progress) {
  const auto& of = progress.of;
  const char* const waiting = progress.waits ? "the engine, to clear old rows from its disks" : "";
  if (const auto now = std::chrono::steady_clock::now(); now - told_ >= kBetweenLines) {
    told_ = now;
    dependencies_.log.info("looking after rows from before",
                           {{"table", of.table},
                            {"from", to_rfc3339(of.from)},
                            {"rows", fmt::format("{}", progress.done)},
                            {"of", fmt::format("{}", of.rows)},
                            {"waiting_for", waiting}});
  }
  const auto doing =
      fmt::format("{} rows from before: {} from {}, {} of {}{}{}",
                  rewrites_ ? "rewriting" : "dropping", of.table, to_rfc3339(of.from),
                  progress.done, of.rows, progress.waits ? ", waiting for " : "", waiting);
  if (!dependencies_.doing || dependencies_.doing(doing)) return {};
  return failure(ErrorCode::kUnavailable,
                 "told to end while it looks after rows from before: the next start goes on");
}

}  // namespace noroshi
