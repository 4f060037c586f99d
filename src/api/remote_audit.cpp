#include "api/remote_audit.h"

#include <utility>

#include "api/client.h"
#include "desk/audit_json.h"
#include "desk/question_json.h"

namespace noroshi {

Result<std::unique_ptr<RemoteAudit>> RemoteAudit::connect(const std::string& unix_socket) {
  std::unique_ptr<RemoteAudit> audit(new RemoteAudit(unix_socket));
  TRY(HttpClient(unix_socket).get("/healthz"));
  return audit;
}

Result<std::string> RemoteAudit::ask(const std::string& what) {
  auto response = TRY(HttpClient(unix_socket_).post("/desk/guard/audit/" + what, "{}"));
  if (response.status != 200) return tl::unexpected(error_from_json(response.body));
  return std::move(response.body);
}

Status RemoteAudit::stream(const std::string& what, const std::string& body,
                           const PieceSink& sink) {
  const auto response = TRY(HttpClient(unix_socket_).post("/desk/guard/audit/" + what, body, sink));
  if (response.status != 200) return tl::unexpected(error_from_json(response.body));
  return {};
}

Status RemoteAudit::list(const AuditQuery& query, const PieceSink& sink) {
  return stream("list", to_json(query), sink);
}
Result<std::string> RemoteAudit::verify() { return ask("verify"); }
Status RemoteAudit::write_bundle(const AuditSpan& span, const PieceSink& sink) {
  return stream("export", to_json(span), sink);
}
Result<std::string> RemoteAudit::stamp() { return ask("timestamp"); }

}  // namespace noroshi
