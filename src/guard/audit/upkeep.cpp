#include "guard/audit/upkeep.h"

#include <fmt/format.h>

#include <utility>

#include "guard/audit/base64.h"

namespace noroshi {
namespace {

Timestamp now() {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

}  // namespace

AuditUpkeep::AuditUpkeep(Config config, Dependencies dependencies,
                         std::optional<TimeStampAuthority> authority)
    : config_(std::move(config)),
      dependencies_(std::move(dependencies)),
      authority_(std::move(authority)) {}

Result<std::unique_ptr<AuditUpkeep>> AuditUpkeep::open(Config config, Dependencies dependencies) {
  std::optional<TimeStampAuthority> authority;
  if (!config.authority.url.empty())
    authority.emplace(TRY(TimeStampAuthority::open(config.authority)));
  return std::unique_ptr<AuditUpkeep>(
      new AuditUpkeep(std::move(config), std::move(dependencies), std::move(authority)));
}

void AuditUpkeep::start() {
  if (thread_.joinable()) return;
  stopping_ = false;
  thread_ = std::thread([this] { run(); });
}

void AuditUpkeep::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool AuditUpkeep::stopping() const {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

void AuditUpkeep::report(const std::string& what, const std::string& why) const {
  if (dependencies_.report) dependencies_.report(what, why);
}

void AuditUpkeep::run() {
  auto verify_due = std::chrono::steady_clock::now();
  while (!stopping()) {
    if (std::chrono::steady_clock::now() >= verify_due) {
      // Also tells how old the last time stamp is.
      static_cast<void>(verify());
      verify_due = std::chrono::steady_clock::now() + config_.verify_every;
    }
    if (authority_) stamp_if_due();
    std::unique_lock lock(mutex_);
    const auto due = authority_ ? std::min(verify_due, stamp_due_) : verify_due;
    wake_.wait_until(lock, due, [&] { return stopping_; });
  }
}

void AuditUpkeep::stamp_if_due() {
  {
    const std::lock_guard lock(mutex_);
    const auto moment = std::chrono::steady_clock::now();
    if (moment < stamp_due_) return;
    const auto last = statistics_.last_time_stamp;
    const auto age = last ? now() - *last : std::chrono::milliseconds(config_.stamp_every);
    if (age < config_.stamp_every) {
      stamp_due_ = moment + (config_.stamp_every - age);
      return;
    }
  }
  if (!stamp("system:audit")) {
    const std::lock_guard lock(mutex_);
    stamp_due_ = std::chrono::steady_clock::now() + config_.stamp_again;
  }
}

Result<AuditUpkeep::Stamped> AuditUpkeep::stamp(const std::string& who) {
  if (!authority_)
    return failure(ErrorCode::kInvalidArgument,
                   "no time stamping authority is configured: set timestamp_url and timestamp_ca "
                   "in [guard]");
  const std::lock_guard one_at_a_time(stamping_);
  const auto made = [&]() -> Result<Stamped> {
    const auto head = dependencies_.audit.end().head;
    if (head.sequence == 0)
      return failure(ErrorCode::kInvalidArgument, "the audit has no entry to be stamped yet");
    const auto stamp = TRY(authority_->stamp(head.hash, [this] { return stopping(); }));
    AuditEntry entry;
    entry.kind = "timestamp";
    entry.who = who;
    entry.what = fmt::format("entry {} and all before it were there at {}", head.sequence,
                             to_rfc3339(stamp.time));
    entry.details = {{"covers", fmt::format("{}", head.sequence)},
                     {"hash", head.hash.to_hex()},
                     {"time", to_rfc3339(stamp.time)},
                     {"authority", stamp.authority},
                     {"serial", stamp.serial},
                     {"token", encode_base64(stamp.token)}};
    const auto sequence = TRY(dependencies_.audit.append(std::move(entry)));
    return Stamped{sequence, head.sequence, stamp};
  }();
  if (!made) report("time stamp failed", made.error().message);
  const std::lock_guard lock(mutex_);
  if (!made) {
    ++statistics_.time_stamp_failures;
    return made;
  }
  ++statistics_.time_stamps;
  statistics_.last_time_stamp = made->stamp.time;
  stamp_due_ = std::chrono::steady_clock::now() + config_.stamp_every;
  return made;
}

Result<AuditVerification> AuditUpkeep::verify() {
  AuditScope scope;
  scope.end = [this] { return dependencies_.audit.end(); };
  scope.cancelled = [this] { return stopping(); };
  if (authority_)
    scope.check_token = [this](std::string_view token, const Digest& digest) -> Result<Timestamp> {
      return TRY(authority_->trust().check_token(token, digest)).time;
    };
  auto seen = verify_audit(dependencies_.audit.folder(), scope);
  if (!seen) {
    if (!stopping()) report("audit not verified", seen.error().message);
    return seen;
  }
  for (std::size_t i = 0; i < std::min<std::size_t>(seen->findings.size(), 10); ++i)
    report("audit finding", seen->findings[i].english);
  const std::lock_guard lock(mutex_);
  ++statistics_.verifications;
  statistics_.last_verification = now();
  statistics_.last_verification_good = seen->is_good();
  statistics_.last_verification_findings = seen->findings.size() + seen->findings_beyond;
  if (seen->covered != 0 &&
      (!statistics_.last_time_stamp || *statistics_.last_time_stamp < seen->covered_at))
    statistics_.last_time_stamp = seen->covered_at;
  return seen;
}

AuditUpkeep::Statistics AuditUpkeep::statistics() const {
  const std::lock_guard lock(mutex_);
  return statistics_;
}

}  // namespace noroshi
