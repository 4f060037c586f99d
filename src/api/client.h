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

  struct Response {
    int status = 0;
    std::string body;
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
};

}  // namespace noroshi
