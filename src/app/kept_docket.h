#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/config.h"
#include "app/daily_judge.h"
#include "base/result.h"
#include "enrich/warning_lists.h"
#include "guard/audit/entry.h"
#include "guard/guard.h"
#include "net/prefix.h"

namespace noroshi {

class Docket;
class DocketDesk;
class History;
class ServerModel;

/// The docket of a configuration, in `docket.db` of its state folder, and the desk over it.
class KeptDocket {
 public:
  struct Dependencies {
    Guard& guard;
    History* history = nullptr;  ///< null: none is kept, and nothing can be judged
    /// Writes to the audit; returns when it is on disk.
    std::function<Status(AuditEntry)> record;
    std::function<std::vector<Prefix>()> subscribers;
    std::function<std::shared_ptr<const WarningLists>()> warnings;
  };
  [[nodiscard]] static Result<std::unique_ptr<KeptDocket>> open(const Config& config,
                                                                Dependencies dependencies);

  ~KeptDocket();

  [[nodiscard]] DocketDesk& desk() { return *desk_; }

  /// Judges each day by itself, as the system and under the purpose of finding C&C servers, until
  /// stop(). `failed` is told what could not be done.
  void judge_daily(std::chrono::minutes at, std::function<void(const std::string& why)> failed);
  /// Ends what is under way. Safe to call twice.
  void stop();

 private:
  KeptDocket(std::unique_ptr<Docket> docket, Dependencies dependencies,
             std::shared_ptr<const ServerModel> model);

  std::unique_ptr<Docket> docket_;
  std::unique_ptr<DocketDesk> desk_;
  std::optional<DailyJudge> daily_;
};

}  // namespace noroshi
