#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "desk/desk.h"
#include "docket/docket.h"
#include "enrich/warning_lists.h"
#include "guard/audit/entry.h"
#include "guard/guard.h"
#include "guard/person.h"
#include "net/prefix.h"
#include "pipeline/judged_window.h"

namespace noroshi {

/// What an analyst asks of the judge and of the docket, and says of a server. One implementation
/// for the daemon and for commands that open the state themselves.
///
/// Everybody who asks needs a purpose that reads contacts; a judgement reads them hour by hour
/// under that purpose, through the guard. Each question, each word and each refusal is on the
/// record. Thread-safe; one judgement runs at a time.
class DocketDesk {
 public:
  struct Dependencies {
    Docket& docket;
    Guard& guard;
    /// The stored contacts as that access reads them; kUnavailable where no history is kept.
    std::function<Result<HourOfContacts>(const Access&)> contacts;
    /// Writes to the audit; returns when it is on disk.
    std::function<Status(AuditEntry)> record;
    std::function<Timestamp()> now;
    std::function<std::vector<Prefix>()> local;  ///< the subscribers' ranges
    /// The warning lists as they are now; never null.
    std::function<std::shared_ptr<const WarningLists>()> warnings;
    /// A learning judge that is asked too; null: none is.
    std::shared_ptr<const ServerModel> model{};
  };
  explicit DocketDesk(Dependencies dependencies) : dependencies_(std::move(dependencies)) {}

  using Progress = std::function<void(double share)>;

  /// For requests over the socket: JSON in, JSON out (docs/reference/c2.md). `verb` is one of
  /// judge, list, show, confirm, refute, watch, undo, infected, recipe/run.
  [[nodiscard]] Result<std::string> answer(std::string_view verb, const std::string& body,
                                           const Asker& asker, const Progress& progress = {});
  [[nodiscard]] static bool knows(std::string_view verb);

  /// Judges hours [from, to) and takes the verdicts into the docket. `access` is the system's for
  /// the daemon's own work. kUnavailable while another judgement runs.
  [[nodiscard]] Result<std::string> judge(const Access& access, std::uint64_t from,
                                          std::uint64_t to, const Progress& progress = {});

  /// Ends a judgement under way, which is then kUnavailable; no other begins.
  void stop() { stopping_ = true; }

 private:
  struct Request;
  [[nodiscard]] Result<JudgedWindow> judged(const Access& access, std::uint64_t from,
                                            std::uint64_t to, const Progress& progress);
  /// May this person use a purpose that reads contacts? On the record either way.
  [[nodiscard]] Result<Access> permitted(const Access& access, const std::string& what);
  [[nodiscard]] Result<std::string> say(const Access& access, std::string_view verb,
                                        const Request& request);
  [[nodiscard]] Result<std::string> run_recipe(const Access& access, const Request& request,
                                               const Progress& progress);
  [[nodiscard]] Status record(std::string_view act, const Access& access, const DocketEntry& before,
                              const DocketChange& change);

  Dependencies dependencies_;
  std::mutex judging_;
  std::atomic<bool> stopping_{false};
};

}  // namespace noroshi
