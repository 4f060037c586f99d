#pragma once

#include <functional>
#include <memory>
#include <string>

#include "api/server.h"
#include "desk/audit_desk.h"

namespace noroshi {

/// Answers requests below /desk/guard/audit/ from an AuditDesk (docs/reference/audit.md).
///
///     POST /desk/guard/audit/list       a stream of lines
///     POST /desk/guard/audit/verify     JSON
///     POST /desk/guard/audit/export     a tar archive
///     POST /desk/guard/audit/timestamp  JSON
///
/// Thread-safe if its dependency is.
class AuditRoutes {
 public:
  /// The desk for the person who asks, by account.
  using DeskFor = std::function<std::unique_ptr<AuditDesk>(const std::string& account)>;
  explicit AuditRoutes(DeskFor desk_for) : desk_for_(std::move(desk_for)) {}

  [[nodiscard]] HttpResponse answer(const HttpRequest& request) const;

 private:
  DeskFor desk_for_;
};

}  // namespace noroshi
