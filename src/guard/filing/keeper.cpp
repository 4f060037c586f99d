#include "guard/filing/keeper.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <span>
#include <utility>

#include "base/file.h"

// Door (in, out): the filing. Guard: only the text whose hash the audit holds counts.

namespace noroshi {
namespace {

constexpr std::string_view kSystem = "system:guard";

std::string detail(const AuditEntry& entry, std::string_view name) {
  const auto found =
      std::ranges::find(entry.details, name, &std::pair<std::string, std::string>::first);
  return found == entry.details.end() ? "" : found->second;
}

std::string moment(const std::optional<Timestamp>& time) { return time ? to_rfc3339(*time) : ""; }

/// In the place of the old one whole, or not at all.
Status replace_file(const std::filesystem::path& path, std::string_view text) {
  auto beside = path;
  beside += ".new";
  {
    const auto file = TRY(File::open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    TRY(file.write_at(0, std::as_bytes(std::span(text))));
    TRY(file.sync());
  }
  std::error_code error;
  std::filesystem::rename(beside, path, error);
  if (error) return failure(ErrorCode::kIo, fmt::format("{}: {}", path.string(), error.message()));
  return sync_folder(path.parent_path());
}

FilingFault not_filed() {
  return {"not_filed",
          {"届出がありません。noroshi guard file で目的・必要性・手段・確認の程度・歯止めを届け出て"
           "ください",
           "nothing is filed: say purpose, necessity, means, daily checking and stop criteria with "
           "noroshi guard file"}};
}

}  // namespace

FilingKeeper::FilingKeeper(Config config, Dependencies dependencies)
    : config_(std::move(config)), dependencies_(std::move(dependencies)) {}

void FilingKeeper::recall(const RecordedEntry& recorded) {
  const auto& entry = recorded.entry;
  const std::lock_guard lock(mutex_);
  if (entry.kind == "filed") {
    const bool withdrawn = detail(entry, "act") == "withdrawn";
    record_ = {withdrawn ? Record::Kind::kWithdrawn : Record::Kind::kFiled, detail(entry, "sha256"),
               entry.who, recorded.moment.time, detail(entry, "reason")};
  } else if (entry.kind == "stopped") {
    record_.kind = Record::Kind::kStopped;
    record_.when = recorded.moment.time;
    record_.why = detail(entry, "criterion");
  }
}

Status FilingKeeper::file(const std::string& text, const Filer& filer) {
  const bool demo = text == demo_filing();
  const auto filing = TRY(parse_filing(text, "filing.toml"));
  if (!filer.administers && (demo || filing.responsible != filer.account))
    return failure(
        ErrorCode::kPermission,
        fmt::format("{} may not file this: the person named responsible may, and whoever "
                    "administers this machine",
                    filer.account));
  const auto now = dependencies_.now();
  if (!demo) {
    auto faults = faults_of(filing, dependencies_.rules, now);
    // A period that begins later is filed beforehand.
    std::erase_if(faults, [](const auto& fault) { return fault.code == "period_not_begun"; });
    if (!faults.empty())
      return failure(ErrorCode::kInvalidArgument, "the filing is not complete\n" +
                                                      to_lines(faults, Language::kEnglish) +
                                                      to_lines(faults, Language::kJapanese));
  }
  const auto digest = sha256(text).to_hex();
  AuditEntry entry;
  entry.kind = "filed";
  entry.who = filer.account;
  entry.purpose = filing.purpose;
  entry.what = demo ? "the filing for simulated traffic" : "a filing";
  entry.details = {{"act", "filed"},
                   {"sha256", digest},
                   {"responsible", filing.responsible},
                   {"mode", std::string(filing.mode ? name_of(*filing.mode) : "")},
                   {"from", moment(filing.from)},
                   {"until", moment(filing.until)}};
  const std::lock_guard lock(mutex_);
  TRY(dependencies_.append(std::move(entry)));
  // Should the disk fail here, the audit knows a text that is not there: nothing is in force.
  record_ = {Record::Kind::kFiled, digest, filer.account, now, ""};
  text_changed_ = {};
  return replace_file(path(), text);
}

Status FilingKeeper::withdraw(const std::string& reason, const Filer& filer) {
  const std::lock_guard lock(mutex_);
  const auto filed = in_force_now();
  if (!filed) return failure(ErrorCode::kNotFound, "no filing is in force");
  if (!filer.administers && filed->filing.responsible != filer.account)
    return failure(ErrorCode::kPermission,
                   fmt::format("{} may not withdraw the filing: the person responsible may, and "
                               "whoever administers this machine",
                               filer.account));
  if (reason.find_first_not_of(" \t\r\n") == std::string::npos || reason.size() > kMostFilingText)
    return failure(ErrorCode::kInvalidArgument, "a reason is needed, of 4000 octets at most");
  AuditEntry entry;
  entry.kind = "filed";
  entry.who = filer.account;
  entry.purpose = filed->filing.purpose;
  entry.what = "the filing was withdrawn";
  entry.details = {{"act", "withdrawn"}, {"sha256", record_.digest}, {"reason", reason}};
  TRY(dependencies_.append(std::move(entry)));
  record_.kind = Record::Kind::kWithdrawn;
  record_.when = dependencies_.now();
  record_.who = filer.account;
  record_.why = reason;
  return {};
}

std::vector<FilingFault> FilingKeeper::missing(const std::vector<IpAddress>& listening) {
  const std::lock_guard lock(mutex_);
  return missing_now(listening);
}

std::vector<FilingFault> FilingKeeper::watch(const std::vector<IpAddress>& listening,
                                             const FilingMeasures& measures) {
  const std::lock_guard lock(mutex_);
  auto faults = missing_now(listening);
  const auto now = dependencies_.now();
  if (const auto filed = in_force_now(); faults.empty() && filed && !filed->demo)
    if (auto reached = stop_reached(filed->filing, filed->filed, measures, now))
      faults.push_back(std::move(*reached));
  // A withdrawal has an entry of its own; a period that is still to come has ended nothing.
  if (faults.empty() || record_.kind != Record::Kind::kFiled ||
      faults.front().code == "period_not_begun")
    return faults;
  AuditEntry entry;
  entry.kind = "stopped";
  entry.who = kSystem;
  entry.what = faults.front().text.en;
  entry.details = {{"criterion", std::string(faults.front().code)}, {"sha256", record_.digest}};
  static_cast<void>(dependencies_.append(std::move(entry)));  // it stops even when nobody may know
  record_.kind = Record::Kind::kStopped;
  record_.when = now;
  record_.why = faults.front().code;
  return faults;
}

std::optional<FilingKeeper::InForce> FilingKeeper::in_force() {
  const std::lock_guard lock(mutex_);
  return in_force_now();
}

bool FilingKeeper::acts_allowed() {
  const auto filed = in_force();
  return filed && filed->filing.acts_allowed();
}

std::optional<FilingKeeper::InForce> FilingKeeper::in_force_now() {
  const auto text = text_on_disk();
  if (!text || record_.kind != Record::Kind::kFiled || text_digest_ != record_.digest)
    return std::nullopt;
  auto filing = parse_filing(*text, path().string());
  if (!filing) return std::nullopt;
  return InForce{std::move(*filing), *text, record_.who, record_.when, *text == demo_filing()};
}

std::vector<FilingFault> FilingKeeper::missing_now(const std::vector<IpAddress>& listening) {
  const auto text = text_on_disk();
  if (!text) return {not_filed()};
  if (record_.kind == Record::Kind::kNone || text_digest_ != record_.digest) {
    const bool never = record_.kind == Record::Kind::kNone;
    const auto filed = never ? std::string("-")
                             : fmt::format("{}, {}, SHA-256 {}", to_rfc3339(record_.when),
                                           record_.who, record_.digest);
    return {{"changed_by_hand",
             {fmt::format("{} は届け出た内容と異なります（届出: {}、現在の SHA-256 {}）。noroshi "
                          "guard file --from で届け出直してください",
                          path().string(), filed, text_digest_),
              fmt::format("{} is not what was filed (filed: {}; it now has SHA-256 {}): file it "
                          "with noroshi guard file --from",
                          path().string(), filed, text_digest_)}}};
  }
  if (record_.kind == Record::Kind::kWithdrawn)
    return {{"withdrawn",
             {fmt::format("届出は {} に {} により取り下げられました", to_rfc3339(record_.when),
                          record_.who),
              fmt::format("the filing was withdrawn on {} by {}", to_rfc3339(record_.when),
                          record_.who)}}};
  if (record_.kind == Record::Kind::kStopped)
    return {{"stopped",
             {fmt::format("収集は {} に基準 {} により停止しました。見直して届け出直してください",
                          to_rfc3339(record_.when), record_.why),
              fmt::format("collection was stopped on {} by the criterion {}: look into it, then "
                          "file again",
                          to_rfc3339(record_.when), record_.why)}}};
  const auto filing = parse_filing(*text, path().string());
  if (!filing) return {{"unreadable", {filing.error().message, filing.error().message}}};
  if (*text == demo_filing()) return beyond_loopback(listening);
  return faults_of(*filing, dependencies_.rules, dependencies_.now());
}

std::optional<std::string> FilingKeeper::text_on_disk() {
  std::error_code error;
  const auto changed = std::filesystem::last_write_time(path(), error);
  const auto octets = error ? 0 : std::filesystem::file_size(path(), error);
  if (error) {
    text_.reset();
    return std::nullopt;
  }
  if (text_ && changed == text_changed_ && octets == text_octets_) return text_;
  std::ifstream file(path(), std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file || octets > kMostFilingOctets) {
    text_.reset();
    return std::nullopt;
  }
  text_digest_ = sha256(text).to_hex();
  text_ = std::move(text);
  text_changed_ = changed;
  text_octets_ = octets;
  return text_;
}

}  // namespace noroshi
