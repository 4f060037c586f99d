#pragma once

#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "guard/audit/entry.h"
#include "guard/digest.h"
#include "guard/filing/check.h"
#include "guard/filing/filing.h"
#include "net/ip_address.h"

namespace noroshi {

/// Keeps the filing of an installation: `filing.toml` in the guard's folder, and what the audit
/// says of it. Only a text that was filed, and stands as it was filed, counts; what was withdrawn,
/// or stopped collection, must be filed again.
///
/// Thread-safe.
class FilingKeeper {
 public:
  struct Config {
    std::filesystem::path folder;  ///< of the guard
  };
  struct Dependencies {
    /// Writes to the audit; returns when it is on disk.
    std::function<Status(AuditEntry)> append;
    FilingRules rules;
    std::function<Timestamp()> now;
  };
  /// Who files: what the kernel says of the process that asks.
  struct Filer {
    std::string account;
    bool administers = false;  ///< root, or the account that the guard's state belongs to
  };

  FilingKeeper(Config config, Dependencies dependencies);

  /// To be given every entry of the audit in its order, before anything else is asked.
  void recall(const RecordedEntry& recorded);

  /// Files a text: checks it whole, writes the audit, replaces filing.toml. Whoever administers may
  /// file, and the person whom the text names responsible. kInvalidArgument lists every fault in
  /// both languages, kPermission says who may.
  Status file(const std::string& text, const Filer& filer);
  /// Ends the filing in force. Whoever administers may, and the person responsible.
  Status withdraw(const std::string& reason, const Filer& filer);

  /// What keeps collection from being allowed now on these addresses; empty: it is allowed. Reads
  /// the file only when it changed.
  [[nodiscard]] std::vector<FilingFault> missing(const std::vector<IpAddress>& listening);
  /// While it is collected: missing(), or the criterion that is reached. What is found is written
  /// to the audit as `stopped` and lasts until the next filing, whether or not the audit takes it.
  [[nodiscard]] std::vector<FilingFault> watch(const std::vector<IpAddress>& listening,
                                               const FilingMeasures& measures);

  /// The filing and its text as they are in force, whether or not collection is allowed today:
  /// nullopt without one, after a withdrawal or stop, and when the file is not the one filed.
  struct InForce {
    Filing filing;
    std::string text;
    std::string filed_by;
    Timestamp filed;
    bool demo = false;
  };
  [[nodiscard]] std::optional<InForce> in_force();
  /// Filing::acts_allowed() of the filing in force; false without one.
  [[nodiscard]] bool acts_allowed();

 private:
  /// What the audit says last.
  struct Record {
    enum class Kind { kNone, kFiled, kWithdrawn, kStopped };
    Kind kind = Kind::kNone;
    std::string digest;  ///< hex, of the text filed
    std::string who;
    Timestamp when;
    std::string why;
  };

  [[nodiscard]] std::optional<std::string> text_on_disk();
  [[nodiscard]] std::vector<FilingFault> missing_now(const std::vector<IpAddress>& listening);
  [[nodiscard]] std::optional<InForce> in_force_now();
  [[nodiscard]] std::filesystem::path path() const { return config_.folder / "filing.toml"; }

  Config config_;
  Dependencies dependencies_;

  std::mutex mutex_;
  Record record_;
  /// filing.toml as last read.
  std::optional<std::string> text_;
  std::filesystem::file_time_type text_changed_{};
  std::uintmax_t text_octets_ = 0;
  std::string text_digest_;
};

}  // namespace noroshi
