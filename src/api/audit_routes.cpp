#include "api/audit_routes.h"

#include <utility>

#include "api/error_response.h"
#include "desk/account.h"
#include "desk/audit_json.h"

// Route /desk/guard/audit/verify: verifies the audit. Guard: says what is wrong and where, no
// entry.
// Route /desk/guard/audit/timestamp: asks the authority for a time stamp. Guard: itself an entry
// of the audit.
// Route /desk/guard/audit/list: entries of the audit. Guard: entries hold pseudonyms alone; the
// policy says who may.
// Route /desk/guard/audit/export: the audit as a bundle that anyone can verify. Guard: itself an
// entry of the audit; the policy says who may.

namespace noroshi {
namespace {

HttpResponse document(Result<std::string> text) {
  if (!text) return error_response(text.error());
  HttpResponse response;
  response.body = std::move(*text);
  return response;
}

AuditDesk::PieceSink sink_of(const HttpResponse::Send& send) {
  return [&send](std::string_view piece) -> Status {
    if (send(piece)) return {};
    return failure(ErrorCode::kIo, "the reader has gone");
  };
}

}  // namespace

HttpResponse AuditRoutes::answer(const HttpRequest& request) const {
  if (!request.peer)
    return error_response({ErrorCode::kPermission, "the kernel does not say who asks"});
  if (request.method != "POST")
    return error_response({ErrorCode::kInvalidArgument, "another method is needed"}, 405);
  const std::shared_ptr<AuditDesk> desk = desk_for_(account_of(*request.peer));
  const auto refused = [](const Error& error) { return error_response(error); };
  HttpResponse response;
  if (request.path == "/desk/guard/audit/verify") return document(desk->verify());
  if (request.path == "/desk/guard/audit/timestamp") return document(desk->stamp());
  if (request.path == "/desk/guard/audit/list") {
    const auto query = audit_query_from_json(request.body);
    if (!query) return error_response(query.error());
    if (query->limit > kMostListed)
      return error_response({ErrorCode::kLimit, "so many entries are not listed; 0 lists all"});
    response.content_type = "application/jsonl";
    response.stream_refused = refused;
    response.stream = [desk, query = *query](const HttpResponse::Send& send) {
      return desk->list(query, sink_of(send));
    };
    return response;
  }
  if (request.path == "/desk/guard/audit/export") {
    const auto span = audit_span_from_json(request.body);
    if (!span) return error_response(span.error());
    response.content_type = "application/x-tar";
    response.stream_refused = refused;
    response.stream = [desk, span = *span](const HttpResponse::Send& send) {
      return desk->write_bundle(span, sink_of(send));
    };
    return response;
  }
  return error_response({ErrorCode::kNotFound, "there is nothing at this address"});
}

}  // namespace noroshi
