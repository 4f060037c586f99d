#include "api/desk_routes.h"

#include <span>
#include <utility>
#include <vector>

#include "api/error_response.h"
#include "desk/account.h"
#include "desk/question_json.h"
#include "desk/vocabulary_json.h"
#include "store/flow_frame.h"

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

Result<std::string> answer_groups(Desk& desk, const std::string& body) {
  const auto questions = TRY(group_questions_from_json(body));
  return to_json(TRY(TRY(desk.flows())->ask(questions)));
}

Result<std::string> answer_series(Desk& desk, const std::string& body) {
  const auto question = TRY(series_question_from_json(body));
  std::vector<Answer> answers;
  answers.push_back(TRY(TRY(desk.flows())->ask(question)));
  return to_json(answers);
}

Result<std::string> answer_trend(Desk& desk, const std::string& body) {
  const auto question = TRY(trend_question_from_json(body));
  std::vector<Answer> answers;
  answers.push_back(TRY(TRY(desk.flows())->ask(question)));
  return to_json(answers);
}

/// Frames, each behind its length in four octets (network order); a length of 0 ends a whole
/// answer, so that a reader can tell it from one that broke.
HttpResponse stream_rows(Desk& desk, const std::string& body) {
  auto question = rows_question_from_json(body);
  if (!question) return error_response(question.error());
  auto flows = desk.flows();
  if (!flows) return error_response(flows.error());
  HttpResponse response;
  response.content_type = "application/octet-stream";
  response.stream = [question = std::move(*question),
                     answers = *flows](const HttpResponse::Send& send) -> Status {
    const auto send_frame = [&](std::span<const std::byte> frame) {
      const auto length = static_cast<std::uint32_t>(frame.size());
      std::string piece;
      for (const int shift : {24, 16, 8, 0}) piece += static_cast<char>(length >> shift & 0xff);
      piece.append(reinterpret_cast<const char*>(frame.data()), frame.size());
      return send(piece);
    };
    TRY(answers->read(question, [&](const FlowBatch& batch) -> Status {
      if (send_frame(encode_frame(batch))) return {};
      return failure(ErrorCode::kIo, "the reader has gone");
    }));
    send_frame({});
    return {};
  };
  return response;
}

HttpResponse stream_parquet(Desk& desk, const std::string& body) {
  auto question = rows_question_from_json(body);
  if (!question) return error_response(question.error());
  auto flows = desk.flows();
  if (!flows) return error_response(flows.error());
  HttpResponse response;
  response.content_type = "application/vnd.apache.parquet";
  response.stream = [question = std::move(*question),
                     answers = *flows](const HttpResponse::Send& send) {
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

HttpResponse DeskRoutes::answer_oversight(const HttpRequest& request, std::string_view verb) const {
  if (request.method != "POST") return wrong_method();
  if (!request.peer)
    return error_response({ErrorCode::kPermission, "the kernel does not say who asks"});
  return document(dependencies_.oversight.answer(verb, request.body, account_of(*request.peer)));
}

HttpResponse DeskRoutes::answer_desk(const HttpRequest& request) const {
  auto& desk = dependencies_.desk;
  const auto& path = request.path;
  if (path.starts_with("/desk/guard/audit/")) return dependencies_.audit.answer(request);
  if (constexpr std::string_view kGuard = "/desk/guard/"; path.starts_with(kGuard)) {
    const auto verb = std::string_view(path).substr(kGuard.size());
    if (OversightDesk::knows(verb)) return answer_oversight(request, verb);
  }
  if (path == "/desk/vocabulary" || path == "/desk/exporters" || path == "/desk/status") {
    if (request.method != "GET") return wrong_method();
    if (path == "/desk/exporters") return document(desk.exporters());
    if (path == "/desk/status") return document(desk.status());
    const auto vocabulary = desk.vocabulary();
    return vocabulary ? json_response(to_json(*vocabulary)) : error_response(vocabulary.error());
  }
  if (path == "/desk/flows/parquet") {
    if (request.method != "POST") return wrong_method();
    return stream_parquet(desk, request.body);
  }
  if (path == "/desk/flows/trend") {
    if (request.method != "POST") return wrong_method();
    return document(answer_trend(desk, request.body));
  }
  if (path == "/desk/flows/group" || path == "/desk/flows/series" || path == "/desk/flows/rows") {
    if (request.method != "POST") return wrong_method();
    if (path == "/desk/flows/rows") return stream_rows(desk, request.body);
    return document(path == "/desk/flows/group" ? answer_groups(desk, request.body)
                                                : answer_series(desk, request.body));
  }
  return unknown_route();
}

}  // namespace noroshi
