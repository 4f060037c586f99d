#include "api/client.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>

#include "base/check.h"

// Door (in, out): what a command of this machine asks of the daemon, over its Unix socket. Guard:
// the socket belongs to a group (0660); the daemon permits and records each read.

namespace noroshi {
namespace {

struct Exchange {
  CURL* curl = nullptr;
  std::string body;
  std::string notes;
  const HttpClient::Sink* sink = nullptr;
  Status sunk;
};

std::size_t take(char* data, std::size_t, std::size_t length, void* pointer) {
  auto& exchange = *static_cast<Exchange*>(pointer);
  long status = 0;
  curl_easy_getinfo(exchange.curl, CURLINFO_RESPONSE_CODE, &status);
  if (exchange.sink == nullptr || status != 200) {
    exchange.body.append(data, length);
    return length;
  }
  exchange.sunk = (*exchange.sink)(std::string_view(data, length));
  return exchange.sunk ? length : 0;
}

std::size_t take_header(char* data, std::size_t, std::size_t length, void* pointer) {
  constexpr std::string_view kName = "noroshi-notes:";
  const std::string_view line(data, length);
  const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; };
  if (line.size() > kName.size() && std::equal(kName.begin(), kName.end(), line.begin(),
                                               [&](char b, char a) { return same(a, b); }))
    static_cast<Exchange*>(pointer)->notes = line.substr(kName.size());
  return length;
}

/// What may stand in a header: no line may be broken out of it.
bool is_header_value(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

}  // namespace

Result<HttpClient::Response> HttpClient::get(const std::string& path) {
  return send(path, nullptr, nullptr);
}

Result<HttpClient::Response> HttpClient::post(const std::string& path, const std::string& body) {
  return send(path, &body, nullptr);
}

Result<HttpClient::Response> HttpClient::post(const std::string& path, const std::string& body,
                                              const Sink& sink) {
  return send(path, &body, &sink);
}

Result<HttpClient::Response> HttpClient::send(const std::string& path, const std::string* body,
                                              const Sink* sink) {
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(),
                                                                 curl_easy_cleanup);
  CHECK(curl != nullptr);
  Exchange exchange;
  exchange.curl = curl.get();
  exchange.sink = sink;
  curl_easy_setopt(curl.get(), CURLOPT_UNIX_SOCKET_PATH, unix_socket_.c_str());
  const auto url = "http://noroshi" + path;
  curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_CONNECTTIMEOUT, 5L);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, take);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &exchange);
  curl_easy_setopt(curl.get(), CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(curl.get(), CURLOPT_HEADERDATA, &exchange);
  std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers(nullptr, curl_slist_free_all);
  const auto add_header = [&](const std::string& line) {
    headers.reset(curl_slist_append(headers.release(), line.c_str()));
  };
  for (const auto& [name, value] :
       {std::pair("Purpose", &purpose_), std::pair("Case", &case_id_)}) {
    if (value->empty()) continue;
    if (!is_header_value(*value))
      return failure(ErrorCode::kInvalidArgument,
                     fmt::format("'{}' cannot be the name of a purpose or a case", *value));
    add_header(fmt::format("Noroshi-{}: {}", name, *value));
  }
  if (body != nullptr) {
    add_header("Content-Type: application/json");
    add_header("Expect:");
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, body->data());
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(body->size()));
  }
  curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());
  const auto code = curl_easy_perform(curl.get());
  if (!exchange.sunk) return tl::unexpected(exchange.sunk.error());
  if (code == CURLE_COULDNT_CONNECT)
    return failure(
        ErrorCode::kUnavailable,
        fmt::format("{}: no noroshi serves on this socket, or it may not be opened", unix_socket_));
  if (code == CURLE_PARTIAL_FILE || code == CURLE_GOT_NOTHING || code == CURLE_RECV_ERROR)
    return failure(ErrorCode::kTruncated, unix_socket_ + ": the answer ended early");
  if (code != CURLE_OK)
    return failure(ErrorCode::kIo, fmt::format("{}: {}", unix_socket_, curl_easy_strerror(code)));
  long status = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  return Response{static_cast<int>(status), std::move(exchange.body), std::move(exchange.notes)};
}

}  // namespace noroshi
