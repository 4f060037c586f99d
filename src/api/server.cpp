#include "api/server.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <charconv>
#include <cstring>
#include <thread>

#include "api/url.h"
#include "base/check.h"

// Door (in, out): requests and answers of the daemon. Guard: the Unix socket alone serves data
// (0660), and the kernel says who asks; bounded heads, bodies, connections and time.

namespace noroshi {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using AnySocket = asio::generic::stream_protocol::socket;
using AnyStream = beast::basic_stream<asio::generic::stream_protocol>;

struct Counters {
  std::atomic<std::uint64_t> connections{0};
  std::atomic<std::uint64_t> refused{0};
  std::atomic<std::uint64_t> requests{0};
  std::atomic<std::uint64_t> bad_requests{0};
  std::atomic<std::uint64_t> open{0};
};

/// What every session shares; outlives them all.
struct Shared {
  HttpServer::Config config;
  HttpServer::Handler handler;
  asio::thread_pool* pool = nullptr;
  Counters counters;
};

/// Who connected: what the kernel noted when it did.
std::optional<uid_t> peer_of(AnySocket& socket) {
  ucred credentials{};
  socklen_t length = sizeof(credentials);
  if (::getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &credentials, &length) != 0)
    return std::nullopt;
  return credentials.uid;
}

/// One connection, from accept to close; kept alive by the operation under way.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(AnySocket socket, HttpServer::Door door, Shared& shared)
      : stream_(std::move(socket)), door_(door), shared_(shared) {
    ++shared_.counters.open;
    if (door_ == HttpServer::Door::kUnix) peer_ = peer_of(stream_.socket());
  }
  ~Session() { --shared_.counters.open; }

  void read() {
    parser_.emplace();
    parser_->body_limit(shared_.config.largest_body);
    parser_->header_limit(16 * 1024);
    stream_.expires_after(shared_.config.request_timeout);
    http::async_read(stream_, buffer_, *parser_,
                     [self = shared_from_this()](beast::error_code error, std::size_t) {
                       self->on_read(error);
                     });
  }

 private:
  void on_read(beast::error_code error) {
    if (error == http::error::end_of_stream || error == asio::error::connection_reset ||
        error == asio::error::operation_aborted)
      return;
    if (error == beast::error::timeout) {
      if (parser_->got_some()) ++shared_.counters.bad_requests;
      return;
    }
    if (error) {
      ++shared_.counters.bad_requests;
      const bool too_large = error == http::error::body_limit || error == http::error::header_limit;
      keep_alive_ = false;
      HttpResponse refusal;
      refusal.status = too_large ? 413 : 400;
      refusal.body = too_large ? "{\"error\":\"the request is too large\"}\n"
                               : "{\"error\":\"this is not HTTP\"}\n";
      return answer(std::move(refusal));
    }
    ++shared_.counters.requests;
    // Nothing of the stream is touched here until the pool is done with it.
    stream_.expires_never();
    asio::post(*shared_.pool, [self = shared_from_this()] { self->handle(); });
  }

  void handle() {
    auto& message = parser_->get();
    keep_alive_ = message.keep_alive();
    head_only_ = message.method() == http::verb::head;
    HttpRequest request;
    request.method = std::string(head_only_ ? "GET" : message.method_string());
    const std::string_view target(message.target().data(), message.target().size());
    const auto mark = target.find('?');
    request.path = percent_decoded(target.substr(0, mark));
    if (mark != std::string_view::npos) request.query = target.substr(mark + 1);
    request.body = std::move(message.body());
    request.accept = std::string(message[http::field::accept]);
    request.peer = peer_;
    request.purpose = std::string(message["Noroshi-Purpose"]);
    request.case_id = std::string(message["Noroshi-Case"]);
    auto response = shared_.handler(request, door_);
    if (response.stream && !head_only_) return send_stream(response);
    asio::post(stream_.get_executor(),
               [self = shared_from_this(), answer = std::move(response)]() mutable {
                 self->answer(std::move(answer));
               });
  }

  void answer(HttpResponse response) {
    auto message = std::make_shared<http::response<http::string_body>>();
    message->result(static_cast<unsigned>(response.status));
    message->version(11);
    message->set(http::field::content_type, response.content_type);
    message->set(http::field::cache_control, "no-store");
    if (!response.notes.empty()) message->set("Noroshi-Notes", response.notes);
    message->keep_alive(keep_alive_);
    message->body() = std::move(response.body);
    message->prepare_payload();
    if (head_only_) message->body().clear();
    stream_.expires_after(shared_.config.request_timeout);
    http::async_write(stream_, *message,
                      [self = shared_from_this(), message](beast::error_code error, std::size_t) {
                        if (error || !self->keep_alive_) return;
                        self->read();
                      });
  }

  /// Writes in chunks from the worker's own thread: the reader's pace is the question's pace. A
  /// reader that takes nothing for the timeout is given up.
  void send_stream(const HttpResponse& response) {
    auto& socket = stream_.socket();
    beast::error_code error;
    bool begun = false;
    const auto begin = [&] {
      begun = true;
      socket.non_blocking(false, error);
      const timeval limit{static_cast<time_t>(shared_.config.request_timeout.count()), 0};
      setsockopt(socket.native_handle(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
      http::response<http::empty_body> header;
      header.result(static_cast<unsigned>(response.status));
      header.version(11);
      header.set(http::field::content_type, response.content_type);
      if (response.stream_notes)
        if (const auto notes = response.stream_notes(); !notes.empty())
          header.set("Noroshi-Notes", notes);
      header.chunked(true);
      header.keep_alive(false);
      http::response_serializer<http::empty_body> serializer(header);
      http::write_header(socket, serializer, error);
    };
    const auto send = [&](std::string_view piece) {
      if (!begun) begin();
      if (error) return false;
      if (piece.empty()) return true;
      asio::write(socket, http::make_chunk(asio::buffer(piece.data(), piece.size())), error);
      return !error;
    };
    const auto status = response.stream(send);
    if (!status && !begun && response.stream_refused) {
      keep_alive_ = false;
      asio::post(
          stream_.get_executor(),
          [self = shared_from_this(), refusal = response.stream_refused(status.error())]() mutable {
            self->answer(std::move(refusal));
          });
      return;
    }
    if (!begun) begin();
    // Without the last chunk the reader knows that the answer is not whole.
    if (status && !error) asio::write(socket, http::make_chunk_last(), error);
    beast::error_code ignored;
    socket.shutdown(asio::socket_base::shutdown_both, ignored);
  }

  AnyStream stream_;
  beast::flat_buffer buffer_{64 * 1024};
  std::optional<http::request_parser<http::string_body>> parser_;
  HttpServer::Door door_;
  std::optional<uid_t> peer_;
  Shared& shared_;
  bool keep_alive_ = true;
  bool head_only_ = false;
};

struct TcpAddress {
  std::string host;
  std::uint16_t port = 0;
};

Result<TcpAddress> parse_tcp(const std::string& text) {
  const auto colon = text.rfind(':');
  TcpAddress address;
  const auto wrong = [&] {
    return failure(ErrorCode::kInvalidArgument,
                   fmt::format("'{}' is not an address to listen on; write 127.0.0.1:8080 or "
                               "[::1]:8080",
                               text));
  };
  if (colon == std::string::npos) return wrong();
  address.host = text.substr(0, colon);
  if (address.host.starts_with('[') && address.host.ends_with(']'))
    address.host = address.host.substr(1, address.host.size() - 2);
  const auto* begin = text.data() + colon + 1;
  const auto* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(begin, end, address.port);
  if (error != std::errc() || rest != end) return wrong();
  return address;
}

}  // namespace

class HttpServer::Implementation {
 public:
  Implementation(Config config, Handler handler) {
    shared_.config = std::move(config);
    shared_.handler = std::move(handler);
  }
  ~Implementation() { stop(); }

  Status start() {
    CHECK(!started_);
    for (const auto& text : shared_.config.tcp) TRY(listen_tcp(text));
    if (!shared_.config.unix_socket.empty()) TRY(listen_unix(shared_.config.unix_socket));
    pool_ = std::make_unique<asio::thread_pool>(shared_.config.handler_threads);
    shared_.pool = pool_.get();
    started_ = true;
    for (auto& listener : listeners_) accept(*listener);
    thread_ = std::thread([this] { context_.run(); });
    return {};
  }

  void stop() {
    if (!started_) return;
    started_ = false;
    asio::post(context_, [this] {
      beast::error_code ignored;
      for (auto& listener : listeners_) listener->acceptor.close(ignored);
    });
    // Handlers first: they may hold a socket. Then whatever still waits is dropped with the loop.
    pool_->join();
    context_.stop();
    thread_.join();
    if (!bound_unix_.empty()) ::unlink(bound_unix_.c_str());
  }

  [[nodiscard]] std::vector<std::uint16_t> ports() const { return ports_; }
  [[nodiscard]] HttpStatistics statistics() const {
    return {shared_.counters.connections, shared_.counters.refused, shared_.counters.requests,
            shared_.counters.bad_requests, shared_.counters.open};
  }

 private:
  struct Listener {
    asio::basic_socket_acceptor<asio::generic::stream_protocol> acceptor;
    Door door;
  };

  Status listen(const asio::generic::stream_protocol::endpoint& endpoint, Door door,
                const std::string& name) {
    auto listener = std::make_unique<Listener>(
        Listener{asio::basic_socket_acceptor<asio::generic::stream_protocol>(context_), door});
    beast::error_code error;
    listener->acceptor.open(endpoint.protocol(), error);
    if (!error && door == Door::kNetwork)
      listener->acceptor.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) listener->acceptor.bind(endpoint, error);
    if (!error) listener->acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error)
      return failure(ErrorCode::kIo, fmt::format("cannot listen on {}: {}", name, error.message()));
    listeners_.push_back(std::move(listener));
    return {};
  }

  Status listen_tcp(const std::string& text) {
    const auto [host, port] = TRY(parse_tcp(text));
    beast::error_code error;
    const auto address = asio::ip::make_address(host, error);
    if (error)
      return failure(ErrorCode::kInvalidArgument, fmt::format("'{}' is not an address", host));
    TRY(listen(asio::ip::tcp::endpoint(address, port), Door::kNetwork, text));
    sockaddr_storage bound{};
    socklen_t length = sizeof(bound);
    ::getsockname(listeners_.back()->acceptor.native_handle(), reinterpret_cast<sockaddr*>(&bound),
                  &length);
    std::uint16_t network_order = 0;  // the same place in sockaddr_in and sockaddr_in6
    std::memcpy(&network_order, reinterpret_cast<const char*>(&bound) + 2, 2);
    ports_.push_back(ntohs(network_order));
    return {};
  }

  Status listen_unix(const std::string& path) {
    if (path.size() >= sizeof(sockaddr_un::sun_path))
      return failure(ErrorCode::kInvalidArgument, path + ": too long for a Unix socket");
    beast::error_code error;
    // A file left by a daemon that was killed: nobody answers on it.
    asio::local::stream_protocol::socket probe(context_);
    probe.connect(path, error);
    if (!error)
      return failure(ErrorCode::kIo, path + ": another noroshi is serving on this socket");
    if (error == asio::error::connection_refused) ::unlink(path.c_str());
    const auto mask = ::umask(0777 & ~shared_.config.unix_mode);
    auto status = listen(asio::local::stream_protocol::endpoint(path), Door::kUnix, path);
    ::umask(mask);
    if (status) bound_unix_ = path;
    return status;
  }

  void accept(Listener& listener) {
    listener.acceptor.async_accept([this, &listener](beast::error_code error, AnySocket socket) {
      if (error == asio::error::operation_aborted || !listener.acceptor.is_open()) return;
      if (!error) {
        ++shared_.counters.connections;
        if (shared_.counters.open < shared_.config.most_connections)
          std::make_shared<Session>(std::move(socket), listener.door, shared_)->read();
        else
          ++shared_.counters.refused;
        return accept(listener);
      }
      // Out of descriptors, most likely: trying at once would only burn time.
      auto timer = std::make_shared<asio::steady_timer>(context_, std::chrono::milliseconds(100));
      timer->async_wait([this, &listener, timer](beast::error_code) { accept(listener); });
    });
  }

  Shared shared_;  // first: sessions that die with the context still count in it
  asio::io_context context_{1};
  std::unique_ptr<asio::thread_pool> pool_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  std::vector<std::uint16_t> ports_;
  std::string bound_unix_;
  std::thread thread_;
  bool started_ = false;
};

HttpServer::HttpServer(Config config, Handler handler)
    : implementation_(std::make_unique<Implementation>(std::move(config), std::move(handler))) {}
HttpServer::~HttpServer() = default;
Status HttpServer::start() { return implementation_->start(); }
void HttpServer::stop() { implementation_->stop(); }
std::vector<std::uint16_t> HttpServer::ports() const { return implementation_->ports(); }
HttpStatistics HttpServer::statistics() const { return implementation_->statistics(); }

}  // namespace noroshi
