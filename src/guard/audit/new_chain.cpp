#include "guard/audit/new_chain.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <system_error>
#include <utility>

#include "guard/audit/verify.h"

// Door (out): a broken chain, set aside by a person. Guard: recorded as the first entry of the new
// one.

namespace noroshi {
namespace {

Status move_file(const std::filesystem::path& from, const std::filesystem::path& to) {
  std::error_code error;
  std::filesystem::rename(from, to, error);
  if (error) return failure(ErrorCode::kIo, fmt::format("{}: {}", from.string(), error.message()));
  return {};
}

/// Moves a chain's files away. The head goes last: until then what is left says that it is broken.
Status set_aside(const std::filesystem::path& folder, const std::filesystem::path& aside) {
  std::error_code error;
  std::filesystem::create_directory(aside, error);
  if (!error) std::filesystem::permissions(aside, std::filesystem::perms::owner_all, error);
  if (error) return failure(ErrorCode::kIo, fmt::format("{}: {}", aside.string(), error.message()));
  for (const auto& segment : TRY(audit_segments(folder)))
    TRY(move_file(segment.path, aside / segment.name()));
  if (std::filesystem::exists(folder / "head", error))
    TRY(move_file(folder / "head", aside / "head"));
  TRY(sync_folder(aside));
  return sync_folder(folder);
}

AuditEntry began(const AuditVerification& seen, const std::string& aside, const std::string& who,
                 const std::string& reason) {
  AuditEntry entry;
  entry.kind = "began";
  entry.who = who;
  entry.what = reason;
  entry.details = {{"folder", aside},
                   {"last_entry", fmt::format("{}", seen.last.sequence)},
                   {"last_hash", seen.last.hash.to_hex()}};
  if (seen.head) {
    entry.details.emplace_back("head_entry", fmt::format("{}", seen.head->sequence));
    entry.details.emplace_back("head_hash", seen.head->hash.to_hex());
  }
  entry.details.emplace_back("findings",
                             fmt::format("{}", seen.findings.size() + seen.findings_beyond));
  for (const auto& finding : seen.findings) {
    if (finding.fault == AuditFault::kUnfinished) continue;
    entry.details.emplace_back("finding", finding.english);
    break;
  }
  return entry;
}

}  // namespace

Result<std::unique_ptr<Audit>> begin_new_chain(Audit::Config config, const std::string& who,
                                               const std::string& reason, AuditClock clock) {
  const auto folder = config.folder;
  AuditVerification seen;
  auto aside = fmt::format("before-{}", to_rfc3339(clock().time));
  {
    const auto lock = TRY(File::open(folder / "lock", O_RDWR | O_CREAT, 0600));
    TRY(lock.lock());
    seen = TRY(verify_audit(folder));
    if (seen.is_intact())
      return failure(ErrorCode::kInvalidArgument,
                     folder.string() + ": the chain is whole, it needs no new one");
    TRY(set_aside(folder, folder / aside));
  }
  auto audit = TRY(Audit::open(std::move(config), std::move(clock)));
  TRY(audit->append(began(seen, aside, who, reason)));
  return audit;
}

}  // namespace noroshi
