#include "api/desk_routes.h"

#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "api/error_response.h"
#include "desk/account.h"
#include "desk/docket_desk.h"
#include "desk/question_json.h"
#include "desk/vocabulary_json.h"
#include "store/flow_frame.h"

// Route /desk/exporters: exporters and their health. Guard: the provider's own devices, no
// traffic.
// Route /desk/status: counts of what was collected. Guard: counts alone.
// Route /desk/vocabulary: tags and warning lists of the filter language. Guard: configuration, no
// traffic.
// Route /desk/flows/group: sums by fields. Guard: purpose, grant, audit.
// Route /desk/flows/series: sums over time. Guard: purpose, grant, audit.
// Route /desk/flows/trend: sums that are kept without addresses. Guard: purpose, grant, audit.
// Route /desk/flows/rows: single flows. Guard: purpose, grant, audit; columns that are not allowed
// are zero.
// Route /desk/flows/export: single flows that leave as a file. Guard: purpose that exports, grant,
// audit.
// Route /desk/flows/parquet: single flows that leave as Parquet. Guard: purpose that exports,
// grant, audit.
// Route /healthz: alive or not. Guard: nothing of data.
// Route /readyz: ready or why not. Guard: nothing of traffic.
// Route /metrics: counters. Guard: counts alone; no address but those of exporters.
// Route /desk/interfaces: what exporters call their interfaces. Guard: the provider's own devices,
// no traffic.

namespace noroshi {
namespace {

HttpResponse json_response(std::string body, int status = 200) {
  HttpResponse response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

HttpResponse text_response(int status, std::string body) {
  HttpResponse response;
  response.status = status;
  response.content_type = "text/plain; charset=utf-8";
  response.body = std::move(body);
  return response;
}

HttpResponse unknown_route() {
  return error_response({ErrorCode::kNotFound, "there is nothing at this address"});
}

HttpResponse wrong_method() {
  return error_response({ErrorCode::kInvalidArgument, "another method is needed"}, 405);
}

/// A text that is JSON already, or the error.
HttpResponse document(Result<std::string> text) {
  return text ? json_response(std::move(*text)) : error_response(text.error());
}

/// Who asks, as the kernel knows, and for what, as the request says.
Result<std::unique_ptr<FlowAnswers>> flows_for(Desk& desk, const HttpRequest& request) {
  if (!request.peer) return failure(ErrorCode::kPermission, "it is not known who asks");
  return desk.flows({account_of(*request.peer), request.purpose, request.case_id});
}

Result<HttpResponse> answer_groups(Desk& desk, const HttpRequest& request) {
  const auto questions = TRY(group_questions_from_json(request.body));
  const auto flows = TRY(flows_for(desk, request));
  auto response = json_response(to_json(TRY(flows->ask(questions))));
  response.notes = to_json(flows->notes());
  return response;
}

Result<HttpResponse> answer_series(Desk& desk, const HttpRequest& request) {
  const auto question = TRY(series_question_from_json(request.body));
  const auto flows = TRY(flows_for(desk, request));
  std::vector<Answer> answers;
  answers.push_back(TRY(flows->ask(question)));
  auto response = json_response(to_json(answers));
  response.notes = to_json(flows->notes());
  return response;
}

HttpResponse or_error(Result<HttpResponse> response) {
  return response ? std::move(*response) : error_response(response.error());
}

/// A stream from answers that are kept as long as it; what is refused comes back as an error.
HttpResponse stream_from(const std::shared_ptr<FlowAnswers>& answers, std::string content_type) {
  HttpResponse response;
  response.content_type = std::move(content_type);
  response.stream_notes = [answers] { return to_json(answers->notes()); };
  response.stream_refused = [](const Error& error) { return error_response(error); };
  return response;
}

Result<HttpResponse> answer_trend(Desk& desk, const HttpRequest& request) {
  const auto question = TRY(trend_question_from_json(request.body));
  const auto flows = TRY(flows_for(desk, request));
  std::vector<Answer> answers;
  answers.push_back(TRY(flows->ask(question)));
  auto response = json_response(to_json(answers));
  response.notes = to_json(flows->notes());
  return response;
}

/// Frames, each behind its length in four octets (network order); a length of 0 ends a whole
/// answer, so that a reader can tell it from one that broke.
Result<HttpResponse> stream_rows(Desk& desk, const HttpRequest& request) {
  auto question = TRY(rows_question_from_json(request.body));
  const std::shared_ptr<FlowAnswers> answers = TRY(flows_for(desk, request));
  const bool leaves = request.path == "/desk/flows/export";
  auto response = stream_from(answers, "application/octet-stream");
  response.stream = [question = std::move(question), answers,
                     leaves](const HttpResponse::Send& send) -> Status {
    const auto send_frame = [&](std::span<const std::byte> frame) {
      const auto length = static_cast<std::uint32_t>(frame.size());
      std::string piece;
      for (const int shift : {24, 16, 8, 0}) piece += static_cast<char>(length >> shift & 0xff);
      piece.append(reinterpret_cast<const char*>(frame.data()), frame.size());
      return send(piece);
    };
    const FlowAnswers::RowSink sink = [&](const FlowBatch& batch) -> Status {
      if (send_frame(encode_frame(batch))) return {};
      return failure(ErrorCode::kIo, "the reader has gone");
    };
    TRY(leaves ? answers->read_for_export(question, sink) : answers->read(question, sink));
    send_frame({});
    return {};
  };
  return response;
}

Result<HttpResponse> stream_parquet(Desk& desk, const HttpRequest& request) {
  auto question = TRY(rows_question_from_json(request.body));
  const std::shared_ptr<FlowAnswers> answers = TRY(flows_for(desk, request));
  auto response = stream_from(answers, "application/vnd.apache.parquet");
  response.stream = [question = std::move(question), answers](const HttpResponse::Send& send) {
    return answers->read_parquet(question, [&](std::string_view piece) -> Status {
      if (send(piece)) return {};
      return failure(ErrorCode::kIo, "the reader has gone");
    });
  };
  return response;
}

}  // namespace

HttpResponse DeskRoutes::answer(const HttpRequest& request, HttpServer::Door door) const {
  if (request.path.starts_with("/desk/") && door == HttpServer::Door::kUnix)
    return answer_desk(request);
  const bool known =
      request.path == "/healthz" || request.path == "/readyz" || request.path == "/metrics";
  if (!known) return unknown_route();
  if (request.method != "GET") return wrong_method();
  if (request.path == "/healthz") return text_response(200, "ok\n");
  if (request.path == "/readyz") {
    const auto ready = dependencies_.ready();
    return ready ? text_response(200, *ready + "\n")
                 : text_response(503, ready.error().message + "\n");
  }
  auto response = text_response(200, dependencies_.metrics());
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  return response;
}

HttpResponse DeskRoutes::answer_guard(const HttpRequest& request, std::string_view verb) const {
  if (request.method != "POST") return wrong_method();
  if (!request.peer)
    return error_response({ErrorCode::kPermission, "the kernel does not say who asks"});
  const auto account = account_of(*request.peer);
  return document(OfficeDesk::knows(verb)
                      ? dependencies_.office.answer(verb, request.body, account)
                      : dependencies_.oversight.answer(verb, request.body, account));
}

HttpResponse DeskRoutes::answer_docket(const HttpRequest& request, std::string_view verb) const {
  if (request.method != "POST") return wrong_method();
  if (!request.peer)
    return error_response({ErrorCode::kPermission, "the kernel does not say who asks"});
  return document(dependencies_.docket.answer(
      verb, request.body, {account_of(*request.peer), request.purpose, request.case_id}));
}

HttpResponse DeskRoutes::answer_desk(const HttpRequest& request) const {
  auto& desk = dependencies_.desk;
  const auto& path = request.path;
  if (path.starts_with("/desk/guard/audit/")) return dependencies_.audit.answer(request);
  if (constexpr std::string_view kGuard = "/desk/guard/"; path.starts_with(kGuard)) {
    const auto verb = std::string_view(path).substr(kGuard.size());
    if (OversightDesk::knows(verb) || OfficeDesk::knows(verb)) return answer_guard(request, verb);
  }
  if (constexpr std::string_view kDocket = "/desk/c2/"; path.starts_with(kDocket))
    return answer_docket(request, std::string_view(path).substr(kDocket.size()));
  if (path == "/desk/vocabulary" || path == "/desk/exporters" || path == "/desk/interfaces" ||
      path == "/desk/status") {
    if (request.method != "GET") return wrong_method();
    if (path == "/desk/exporters") return document(desk.exporters());
    if (path == "/desk/interfaces") return document(desk.interfaces());
    if (path == "/desk/status") return document(desk.status());
    const auto vocabulary = desk.vocabulary();
    return vocabulary ? json_response(to_json(*vocabulary)) : error_response(vocabulary.error());
  }
  if (path == "/desk/flows/parquet") {
    if (request.method != "POST") return wrong_method();
    return or_error(stream_parquet(desk, request));
  }
  if (path == "/desk/flows/trend") {
    if (request.method != "POST") return wrong_method();
    return or_error(answer_trend(desk, request));
  }
  if (path == "/desk/flows/rows" || path == "/desk/flows/export") {
    if (request.method != "POST") return wrong_method();
    return or_error(stream_rows(desk, request));
  }
  if (path == "/desk/flows/group" || path == "/desk/flows/series") {
    if (request.method != "POST") return wrong_method();
    return or_error(path == "/desk/flows/group" ? answer_groups(desk, request)
                                                : answer_series(desk, request));
  }
  return unknown_route();
}

}  // namespace noroshi
