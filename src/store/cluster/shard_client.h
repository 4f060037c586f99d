#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace noroshi {

/// POSTs to ClickHouse servers over HTTP and HTTPS, and keeps connections open for the next request
/// (libcurl). Follows no redirection and uses no proxy.
///
/// Safe to use from several threads.
class ShardClient {
 public:
  struct Config {
    std::string user{};
    std::string password{};
    std::string ca_file{};  ///< PEM; empty: the system's
    std::chrono::milliseconds connect_within{3000};
  };
  explicit ShardClient(Config config);
  ~ShardClient();

  using Parameters = std::vector<std::pair<std::string, std::string>>;
  struct Request {
    std::string_view url{};   ///< "https://10.0.0.1:8443/", without a query
    Parameters parameters{};  ///< of the query, escaped here
    std::span<const std::byte> body{};
    bool gzipped = false;  ///< the body is
    /// The body must not be processed twice: it is handed to the network once and never again.
    bool once = false;
    std::chrono::milliseconds within{0};  ///< all of it; 0: as long as bytes move
    std::chrono::seconds silent_for{0};   ///< ends it when so long none did; 0: never
  };
  struct Answer {
    long status = 0;
    std::string refusal;  ///< the beginning of the body, where the status is not 200
  };
  /// Takes the body of a 200 in pieces.
  using Sink = std::function<Status(std::span<const std::byte>)>;

  /// kUnavailable: no answer, and no byte of the body left this host. kUnclear: no answer, or not
  /// all of it. An error of `sink` ends the request and is returned.
  [[nodiscard]] Result<Answer> post(const Request& request, const Sink& sink);

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace noroshi
