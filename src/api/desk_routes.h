#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "api/audit_routes.h"
#include "api/server.h"
#include "desk/desk.h"
#include "desk/office_desk.h"
#include "desk/oversight_desk.h"

namespace noroshi {

class DocketDesk;

/// Answers HTTP requests from a Desk.
///
///     GET  /healthz        200 while the process runs
///     GET  /readyz         200 once it collects and its history takes inserts, else 503 and why
///     GET  /metrics        Prometheus text
/// and, on the Unix socket alone, for the commands of this machine (docs/reference/socket.md):
///     GET  /desk/vocabulary   GET /desk/exporters   GET /desk/interfaces   GET /desk/status
///     POST /desk/flows/group  POST /desk/flows/series   JSON of desk/question_json.h
///     POST /desk/flows/rows   answered by a stream of flow frames (store/flow_frame.h)
///     POST /desk/flows/export   the same, for a file of the reader's own making
///     POST /desk/flows/parquet  the same rows as a Parquet file
///     POST /desk/guard/audit/…  see AuditRoutes
///     POST /desk/guard/retention/plan, …/retention/history, /desk/guard/report, …/key:
///     OversightDesk
///     POST /desk/guard/file…, /desk/guard/case/…, /desk/guard/reveal/…: OfficeDesk
///     POST /desk/c2/…  DocketDesk
/// Who asks is whom the kernel names at the other end of the socket; for what, the headers
/// Noroshi-Purpose and Noroshi-Case. What a question was narrowed by comes back in Noroshi-Notes.
///
/// Thread-safe if its dependencies are.
class DeskRoutes {
 public:
  struct Dependencies {
    Desk& desk;
    AuditRoutes audit;
    const OversightDesk& oversight;
    OfficeDesk& office;
    DocketDesk& docket;
    std::function<std::string()> metrics;
    std::function<Result<std::string>()> ready;  ///< what /readyz says
  };

  explicit DeskRoutes(Dependencies dependencies) : dependencies_(std::move(dependencies)) {}

  [[nodiscard]] HttpResponse answer(const HttpRequest& request, HttpServer::Door door) const;

 private:
  [[nodiscard]] HttpResponse answer_desk(const HttpRequest& request) const;
  [[nodiscard]] HttpResponse answer_guard(const HttpRequest& request, std::string_view verb) const;
  [[nodiscard]] HttpResponse answer_docket(const HttpRequest& request, std::string_view verb) const;

  Dependencies dependencies_;
};

}  // namespace noroshi
