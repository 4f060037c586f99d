#include "api/error_response.h"

#include "desk/question_json.h"

namespace noroshi {
namespace {

int status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument:
      return 400;
    case ErrorCode::kPermission:
      return 403;
    case ErrorCode::kNotFound:
      return 404;
    case ErrorCode::kLimit:
      return 413;
    case ErrorCode::kUnavailable:
      return 503;
    default:
      return 500;
  }
}

}  // namespace

HttpResponse error_response(const Error& error, int status) {
  HttpResponse response;
  response.status = status == 0 ? status_of(error.code) : status;
  response.body = error_to_json(error);
  return response;
}

}  // namespace noroshi
