#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace noroshi {

/// Asks an HttpServer on a Unix socket. One request at a time; not thread-safe.
class HttpClient {
 public:
  explicit HttpClient(std::string unix_socket) : unix_socket_(std::move(unix_socket)) {}
  /// Every request then says for what purpose it is, and for which case; empty is left out.
  HttpClient(std::string unix_socket, std::string purpose, std::string case_id)
      : unix_socket_(std::move(unix_socket)),
        purpose_(std::move(purpose)),
        case_id_(std::move(case_id)) {}

  struct Response {
    int status = 0;
    std::string body;
    std::string notes;  ///< the header Noroshi-Notes
  };
  /// kUnavailable when nobody listens on the socket, or it is not ours to open.
  [[nodiscard]] Result<Response> get(const std::string& path);
  [[nodiscard]] Result<Response> post(const std::string& path, const std::string& body);
  /// The answer in pieces as they arrive; a status other than 200 comes back as a whole Response.
  /// An answer that ends early is kTruncated.
  using Sink = std::function<Status(std::string_view piece)>;
  [[nodiscard]] Result<Response> post(const std::string& path, const std::string& body,
                                      const Sink& sink);

 private:
  [[nodiscard]] Result<Response> send(const std::string& path, const std::string* body,
                                      const Sink* sink);
  std::string unix_socket_;
  std::string purpose_;
  std::string case_id_;
};

}  // namespace noroshi
