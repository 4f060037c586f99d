#pragma once

#include "api/server.h"
#include "base/result.h"

namespace noroshi {

/// An error as JSON ({"error","code"}), with the HTTP status of its kind unless another is given.
[[nodiscard]] HttpResponse error_response(const Error& error, int status = 0);

}  // namespace noroshi
