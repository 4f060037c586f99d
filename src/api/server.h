#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace noroshi {

/// One HTTP request, read whole.
struct HttpRequest {
  std::string method;
  std::string path;   ///< percent-decoded, without the query
  std::string query;  ///< as sent, without '?'
  std::string body;
  std::string accept;
  /// The user whose process asks, as the kernel says; over a Unix socket alone.
  std::optional<uid_t> peer;
  std::string purpose;  ///< of the header Noroshi-Purpose
  std::string case_id;  ///< of the header Noroshi-Case
};

/// What is sent back: `body`, or, where `stream` is set, what that writes.
struct HttpResponse {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::string notes;  ///< the header Noroshi-Notes, where not empty; ASCII without line breaks
  /// Called with a function that sends a piece and returns false once the peer is gone. It runs on
  /// a worker thread and may take long. An error ends the response abruptly, which the peer sees:
  /// what was sent before is not a whole answer.
  using Send = std::function<bool(std::string_view)>;
  std::function<Status(const Send&)> stream;
  /// Asked for the notes of a stream when its first piece is sent. May be empty.
  std::function<std::string()> stream_notes;
  /// What is answered instead where `stream` ends with an error before it sent anything.
  std::function<HttpResponse(const Error&)> stream_refused;
};

/// What an HttpServer saw. All counters only grow, but for `open`.
struct HttpStatistics {
  std::uint64_t connections = 0;
  std::uint64_t refused = 0;  ///< connections beyond the limit
  std::uint64_t requests = 0;
  std::uint64_t bad_requests = 0;  ///< not HTTP, too large, or too slow
  std::uint64_t open = 0;
};

/// An HTTP/1.1 server on TCP addresses and Unix sockets. Connections wait without a thread;
/// handlers run on a small pool, so a slow question delays only those behind it in the pool.
class HttpServer {
 public:
  struct Config {
    std::vector<std::string> tcp;  ///< "127.0.0.1:8080", "[::1]:8080"
    std::string unix_socket;       ///< a path; empty: none
    unsigned unix_mode = 0660;
    std::size_t handler_threads = 4;
    std::size_t most_connections = 256;
    std::size_t largest_body = std::size_t{4} << 20;
    std::chrono::seconds request_timeout{30};
  };
  /// Where a request came in: what is answered on a socket that only the owner's group can open may
  /// be more than what is answered to the network.
  enum class Door { kNetwork, kUnix };
  using Handler = std::function<HttpResponse(const HttpRequest&, Door)>;

  /// Inert. `handler` is called from several threads at once and must not throw.
  HttpServer(Config config, Handler handler);
  ~HttpServer();

  /// Binds everything, or nothing: an address in use or a socket of a running daemon is one clear
  /// error. A socket file that nobody listens on is replaced.
  [[nodiscard]] Status start();
  /// Refuses new requests, lets handlers finish, closes. Safe to call twice.
  void stop();

  /// The TCP ports bound, in the order of Config::tcp: what port 0 became.
  [[nodiscard]] std::vector<std::uint16_t> ports() const;
  [[nodiscard]] HttpStatistics statistics() const;

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace noroshi
