#include "guard/audit/time_stamp_authority.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <memory>
#include <utility>

#include "base/check.h"

// Door (in, out): a hash to the time stamp authority, and its answer. Guard: the hash of an entry
// alone leaves; the answer is verified against the operator's certificates and bounded.

namespace noroshi {
namespace {

struct FreeHandle {
  void operator()(CURL* handle) const { ::curl_easy_cleanup(handle); }
};
struct FreeList {
  void operator()(curl_slist* list) const { ::curl_slist_free_all(list); }
};

struct Exchange {
  std::string body;
  bool too_long = false;
  const std::function<bool()>* cancelled = nullptr;
};

std::size_t take(char* data, std::size_t, std::size_t length, void* pointer) {
  auto& exchange = *static_cast<Exchange*>(pointer);
  exchange.too_long = exchange.body.size() + length > kMostTimeStampOctets;
  if (exchange.too_long) return 0;
  exchange.body.append(data, length);
  return length;
}

/// Called about once a second; anything but 0 ends the transfer.
int watch(void* pointer, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  const auto& exchange = *static_cast<const Exchange*>(pointer);
  return *exchange.cancelled && (*exchange.cancelled)() ? 1 : 0;
}

template <typename Value>
void set(CURL* handle, CURLoption option, Value value) {
  CHECK(::curl_easy_setopt(handle, option, value) == CURLE_OK);
}

}  // namespace

Result<TimeStampAuthority> TimeStampAuthority::open(Config config) {
  auto trust = TRY(TimeStampTrust::read(config.ca_file));
  return TimeStampAuthority(std::move(config), std::move(trust));
}

Result<TimeStamp> TimeStampAuthority::stamp(const Digest& digest,
                                            const std::function<bool()>& cancelled) const {
  const auto request = make_time_stamp_request(digest);
  const auto answer = TRY(ask(request.der, cancelled));
  auto stamp = trust_.check_response(answer, request);
  if (!stamp) return tl::unexpected(in_context(config_.url, std::move(stamp).error()));
  return stamp;
}

Result<std::string> TimeStampAuthority::ask(const std::string& request,
                                            const std::function<bool()>& cancelled) const {
  const std::unique_ptr<CURL, FreeHandle> curl(::curl_easy_init());
  CHECK(curl != nullptr);
  std::unique_ptr<curl_slist, FreeList> headers(
      ::curl_slist_append(nullptr, "Content-Type: application/timestamp-query"));
  CHECK(headers != nullptr);
  auto* const longer = ::curl_slist_append(headers.get(), "Accept: application/timestamp-reply");
  CHECK(longer != nullptr);
  Exchange exchange;
  exchange.cancelled = &cancelled;
  auto* const handle = curl.get();
  set(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  if (::curl_easy_setopt(handle, CURLOPT_URL, config_.url.c_str()) != CURLE_OK)
    return failure(ErrorCode::kInvalidArgument, config_.url + ": not a URL");
  set(handle, CURLOPT_NOSIGNAL, 1L);
  set(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(config_.timeout.count()));
  set(handle, CURLOPT_HTTPHEADER, headers.get());
  set(handle, CURLOPT_POSTFIELDS, request.data());
  set(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.size()));
  set(handle, CURLOPT_WRITEFUNCTION, take);
  set(handle, CURLOPT_WRITEDATA, &exchange);
  set(handle, CURLOPT_NOPROGRESS, 0L);
  set(handle, CURLOPT_XFERINFOFUNCTION, watch);
  set(handle, CURLOPT_XFERINFODATA, &exchange);
  const auto code = ::curl_easy_perform(handle);
  if (exchange.too_long)
    return failure(ErrorCode::kLimit,
                   fmt::format("{}: the answer is longer than {} octets, and so no time stamp",
                               config_.url, kMostTimeStampOctets));
  if (code != CURLE_OK)
    return failure(ErrorCode::kUnavailable,
                   fmt::format("{}: {}", config_.url, ::curl_easy_strerror(code)));
  long status = 0;
  ::curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
  if (status != 200)
    return failure(ErrorCode::kUnavailable,
                   fmt::format("{}: answers with HTTP status {}", config_.url, status));
  return std::move(exchange.body);
}

}  // namespace noroshi
