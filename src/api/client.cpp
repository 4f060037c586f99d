#include "api/client.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <memory>

#include "base/check.h"

namespace noroshi {
namespace {

struct Exchange {
  CURL* curl = nullptr;
  std::string body;
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
  std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers(nullptr, curl_slist_free_all);
  if (body != nullptr) {
    headers.reset(curl_slist_append(nullptr, "Content-Type: application/json"));
    headers.reset(curl_slist_append(headers.release(), "Expect:"));
    curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, body->data());
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(body->size()));
  }
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
  return Response{static_cast<int>(status), std::move(exchange.body)};
}

}  // namespace noroshi
