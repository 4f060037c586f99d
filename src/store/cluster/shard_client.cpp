#include "store/cluster/shard_client.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <mutex>
#include <optional>

#include "base/check.h"

// Door (in, out): rows to the cluster, and answers. Guard: pseudonyms before they come here;
// Granted questions alone become SQL; TLS where the operator says so.

namespace noroshi {
namespace {

constexpr std::size_t kLongestRefusal = 64 << 10;

struct FreeHandle {
  void operator()(CURL* handle) const { ::curl_easy_cleanup(handle); }
};
using Handle = std::unique_ptr<CURL, FreeHandle>;
struct FreeList {
  void operator()(curl_slist* list) const { ::curl_slist_free_all(list); }
};
using Headers = std::unique_ptr<curl_slist, FreeList>;

void add(Headers& headers, const char* line) {
  auto* longer = ::curl_slist_append(headers.get(), line);
  CHECK(longer != nullptr);
  (void)headers.release();
  headers.reset(longer);
}

/// What one request has come to, as libcurl's callbacks see it.
struct Exchange {
  CURL* handle;
  std::span<const std::byte> unsent;
  const ShardClient::Sink& sink;
  bool begun = false;  // a byte of the body was handed over
  long status = 0;
  std::string refusal{};
  std::optional<Error> sink_error{};
};

std::size_t hand_over(char* target, std::size_t size, std::size_t count, void* user) {
  auto& exchange = *static_cast<Exchange*>(user);
  const auto length = std::min(size * count, exchange.unsent.size());
  if (length == 0) return 0;
  exchange.begun = true;
  std::memcpy(target, exchange.unsent.data(), length);
  exchange.unsent = exchange.unsent.subspan(length);
  return length;
}

std::size_t receive(char* source, std::size_t size, std::size_t count, void* user) {
  auto& exchange = *static_cast<Exchange*>(user);
  const auto length = size * count;
  if (exchange.status == 0)
    ::curl_easy_getinfo(exchange.handle, CURLINFO_RESPONSE_CODE, &exchange.status);
  if (exchange.status != 200) {
    const auto room = kLongestRefusal - std::min(kLongestRefusal, exchange.refusal.size());
    exchange.refusal.append(source, std::min(length, room));
    return length;
  }
  if (auto taken = exchange.sink(std::as_bytes(std::span(source, length))); !taken) {
    exchange.sink_error = std::move(taken).error();
    return length == 0 ? 1 : 0;  // anything but `length` ends the transfer
  }
  return length;
}

/// Sets an option of libcurl, to a value of the type that its documentation says.
template <typename Value>
void set(CURL* handle, CURLoption option, Value value) {
  CHECK(::curl_easy_setopt(handle, option, value) == CURLE_OK);
}

bool initialised() {
  static const bool done = ::curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  return done;
}

}  // namespace

class ShardClient::Implementation {
 public:
  explicit Implementation(Config config) : config_(std::move(config)) { CHECK(initialised()); }

  Result<Answer> post(const Request& request, const Sink& sink);

 private:
  Handle borrow();
  void give_back(Handle handle);
  void prepare(CURL* handle, const Request& request, Exchange& exchange) const;

  const Config config_;
  std::mutex mutex_;
  std::vector<Handle> idle_;  // each with its open connections
};

Handle ShardClient::Implementation::borrow() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      auto handle = std::move(idle_.back());
      idle_.pop_back();
      return handle;
    }
  }
  Handle handle(::curl_easy_init());
  CHECK(handle != nullptr);
  return handle;
}

void ShardClient::Implementation::give_back(Handle handle) {
  ::curl_easy_reset(handle.get());
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(handle));
}

std::string url_of(CURL* handle, const ShardClient::Request& request) {
  std::string url(request.url);
  char separator = '?';
  for (const auto& [name, value] : request.parameters) {
    char* escaped = ::curl_easy_escape(handle, value.data(), static_cast<int>(value.size()));
    CHECK(escaped != nullptr);
    url += fmt::format("{}{}={}", separator, name, escaped);
    ::curl_free(escaped);
    separator = '&';
  }
  return url;
}

void ShardClient::Implementation::prepare(CURL* handle, const Request& request,
                                          Exchange& exchange) const {
  set(handle, CURLOPT_URL, url_of(handle, request).c_str());
  set(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  set(handle, CURLOPT_PROXY, "");
  set(handle, CURLOPT_NOSIGNAL, 1L);
  set(handle, CURLOPT_TCP_KEEPALIVE, 1L);
  set(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(config_.connect_within.count()));
  set(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(request.within.count()));
  if (request.silent_for.count() > 0) {
    set(handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
    set(handle, CURLOPT_LOW_SPEED_TIME, static_cast<long>(request.silent_for.count()));
  }
  if (!config_.user.empty()) {
    set(handle, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
    set(handle, CURLOPT_USERNAME, config_.user.c_str());
    set(handle, CURLOPT_PASSWORD, config_.password.c_str());
  }
  if (!config_.ca_file.empty()) set(handle, CURLOPT_CAINFO, config_.ca_file.c_str());
  set(handle, CURLOPT_POST, 1L);
  set(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  if (request.once) {
    // On a kept connection that the server has closed, libcurl sends a request again by itself,
    // even one that was processed. Without a way to rewind the body it cannot.
    set(handle, CURLOPT_READFUNCTION, &hand_over);
    set(handle, CURLOPT_READDATA, static_cast<void*>(&exchange));
  } else {
    set(handle, CURLOPT_POSTFIELDS, reinterpret_cast<const char*>(request.body.data()));
  }
  set(handle, CURLOPT_WRITEFUNCTION, &receive);
  set(handle, CURLOPT_WRITEDATA, static_cast<void*>(&exchange));
}

Result<ShardClient::Answer> ShardClient::Implementation::post(const Request& request,
                                                              const Sink& sink) {
  auto owned = borrow();
  auto* handle = owned.get();
  Exchange exchange{.handle = handle, .unsent = request.body, .sink = sink};
  std::array<char, CURL_ERROR_SIZE> reason{};
  Headers headers;
  add(headers, "Content-Type: application/octet-stream");
  add(headers, "Expect:");  // or every body waits for a "100 Continue"
  if (request.gzipped) add(headers, "Content-Encoding: gzip");

  prepare(handle, request, exchange);
  set(handle, CURLOPT_HTTPHEADER, headers.get());
  set(handle, CURLOPT_ERRORBUFFER, reason.data());
  const auto code = ::curl_easy_perform(handle);
  ::curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &exchange.status);
  give_back(std::move(owned));

  if (exchange.sink_error) return tl::unexpected(*exchange.sink_error);
  if (code != CURLE_OK) {
    const char* said = reason[0] != '\0' ? reason.data() : ::curl_easy_strerror(code);
    const bool may_have_begun = request.once ? exchange.begun : exchange.status != 0;
    return failure(may_have_begun ? ErrorCode::kUnclear : ErrorCode::kUnavailable,
                   fmt::format("{}: {}", request.url, said));
  }
  return Answer{exchange.status, std::move(exchange.refusal)};
}

ShardClient::ShardClient(Config config)
    : implementation_(std::make_unique<Implementation>(std::move(config))) {}
ShardClient::~ShardClient() = default;

Result<ShardClient::Answer> ShardClient::post(const Request& request, const Sink& sink) {
  return implementation_->post(request, sink);
}

}  // namespace noroshi
