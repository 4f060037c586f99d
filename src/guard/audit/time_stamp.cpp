#include "guard/audit/time_stamp.h"

#include <fmt/format.h>
#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ts.h>
#include <openssl/x509_vfy.h>

#include <array>
#include <chrono>
#include <ctime>
#include <optional>
#include <utility>

#include "base/check.h"

namespace noroshi {
namespace {

template <auto Function>
struct Free {
  template <typename Value>
  void operator()(Value* value) const {
    Function(value);
  }
};
template <typename Value, auto Function>
using Owned = std::unique_ptr<Value, Free<Function>>;

using Request = Owned<TS_REQ, TS_REQ_free>;
using Response = Owned<TS_RESP, TS_RESP_free>;
using Token = Owned<PKCS7, PKCS7_free>;
using TokenInfo = Owned<TS_TST_INFO, TS_TST_INFO_free>;
using Verification = Owned<TS_VERIFY_CTX, TS_VERIFY_CTX_free>;
using Certificate = Owned<X509, X509_free>;
using Number = Owned<ASN1_INTEGER, ASN1_INTEGER_free>;

struct FreeStack {  // of certificates that are somebody else's
  void operator()(STACK_OF(X509) * stack) const { sk_X509_free(stack); }
};

const unsigned char* octets_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

/// DER of a value, by its i2d function.
template <typename Value>
std::string encode(const Value* value, int (*write)(const Value*, unsigned char**)) {
  const int length = write(value, nullptr);
  CHECK(length > 0);
  std::string der(static_cast<std::size_t>(length), '\0');
  auto* end = reinterpret_cast<unsigned char*>(der.data());
  CHECK(write(value, &end) == length);
  return der;
}

/// A value of DER by its d2i function; null unless it is all of `der`.
template <typename Pointer, typename Value>
Pointer decode(std::string_view der, Value* (*read)(Value**, const unsigned char**, long)) {
  if (der.size() > kMostTimeStampOctets) return nullptr;
  const auto* at = octets_of(der);
  Pointer value(read(nullptr, &at, static_cast<long>(der.size())));
  if (at != octets_of(der) + der.size()) return nullptr;
  return value;
}

Request request_for(const Digest& digest) {
  Request request(TS_REQ_new());
  const Owned<TS_MSG_IMPRINT, TS_MSG_IMPRINT_free> imprint(TS_MSG_IMPRINT_new());
  const Owned<X509_ALGOR, X509_ALGOR_free> algorithm(X509_ALGOR_new());
  CHECK(request != nullptr && imprint != nullptr && algorithm != nullptr);
  auto octets = digest.bytes;
  CHECK(X509_ALGOR_set0(algorithm.get(), OBJ_nid2obj(NID_sha256), V_ASN1_NULL, nullptr) == 1 &&
        TS_MSG_IMPRINT_set_algo(imprint.get(), algorithm.get()) == 1 &&
        TS_MSG_IMPRINT_set_msg(imprint.get(), reinterpret_cast<unsigned char*>(octets.data()),
                               static_cast<int>(octets.size())) == 1 &&
        TS_REQ_set_version(request.get(), 1) == 1 &&
        TS_REQ_set_msg_imprint(request.get(), imprint.get()) == 1 &&
        TS_REQ_set_cert_req(request.get(), 1) == 1);
  return request;
}

/// The first thing that OpenSSL complained about, which is the deepest.
std::string complaint() {
  const char* data = nullptr;
  int flags = 0;
  const auto code = ERR_get_error_all(nullptr, nullptr, nullptr, &data, &flags);
  const char* const reason = ERR_reason_error_string(code);
  std::string text = reason == nullptr ? "unknown reason" : reason;
  if ((flags & ERR_TXT_STRING) != 0 && data != nullptr && *data != '\0')
    text += fmt::format(" ({})", data);
  ERR_clear_error();
  return text;
}

/// "20261122120000.123Z" (RFC 3161 §2.4.2, genTime), always UTC.
std::optional<Timestamp> time_of(const TS_TST_INFO& info) {
  const ASN1_GENERALIZEDTIME* const stated = TS_TST_INFO_get_time(&info);
  std::tm parts{};
  if (stated == nullptr || ASN1_TIME_to_tm(stated, &parts) != 1) return std::nullopt;
  const std::string_view text(reinterpret_cast<const char*>(ASN1_STRING_get0_data(stated)),
                              static_cast<std::size_t>(ASN1_STRING_length(stated)));
  int milliseconds = 0;
  int unit = 100;
  for (auto at = text.find('.'); at != std::string_view::npos && ++at < text.size() && unit > 0;
       unit /= 10) {
    if (text[at] < '0' || text[at] > '9') break;
    milliseconds += (text[at] - '0') * unit;
  }
  const std::chrono::year_month_day date(
      std::chrono::year(parts.tm_year + 1900),
      std::chrono::month(static_cast<unsigned>(parts.tm_mon + 1)),
      std::chrono::day(static_cast<unsigned>(parts.tm_mday)));
  return std::chrono::sys_days(date) + std::chrono::hours(parts.tm_hour) +
         std::chrono::minutes(parts.tm_min) + std::chrono::seconds(parts.tm_sec) +
         std::chrono::milliseconds(milliseconds);
}

std::string serial_of(const TS_TST_INFO& info) {
  const Owned<BIGNUM, BN_free> number(ASN1_INTEGER_to_BN(TS_TST_INFO_get_serial(&info), nullptr));
  if (number == nullptr) return {};
  char* const text = BN_bn2hex(number.get());
  std::string serial = text == nullptr ? "" : text;
  OPENSSL_free(text);
  return serial;
}

/// Subject of the certificate that signed the token, on one line.
std::string signer_of(PKCS7& token) {
  const std::unique_ptr<STACK_OF(X509), FreeStack> signers(PKCS7_get0_signers(&token, nullptr, 0));
  if (signers == nullptr || sk_X509_num(signers.get()) == 0) return {};
  const Owned<BIO, BIO_free_all> text(BIO_new(BIO_s_mem()));
  CHECK(text != nullptr);
  X509_NAME_print_ex(text.get(), X509_get_subject_name(sk_X509_value(signers.get(), 0)), 0,
                     XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
  char* data = nullptr;
  const auto length = BIO_get_mem_data(text.get(), &data);
  return {data, static_cast<std::size_t>(length)};
}

tl::unexpected<Error> no_token() {
  ERR_clear_error();
  return failure(ErrorCode::kMalformed, "not a time stamp token");
}

}  // namespace

TimeStampRequest make_time_stamp_request(const Digest& digest) {
  const auto request = request_for(digest);
  std::array<unsigned char, 8> random{};
  CHECK(RAND_bytes(random.data(), static_cast<int>(random.size())) == 1);
  const Owned<BIGNUM, BN_free> number(
      BN_bin2bn(random.data(), static_cast<int>(random.size()), nullptr));
  const Number nonce(BN_to_ASN1_INTEGER(number.get(), nullptr));
  CHECK(nonce != nullptr && TS_REQ_set_nonce(request.get(), nonce.get()) == 1);
  return {encode<TS_REQ>(request.get(), i2d_TS_REQ), digest};
}

struct TimeStampTrust::Certificates {
  std::vector<Certificate> all;

  /// A store that trusts them, as of `time`.
  [[nodiscard]] X509_STORE* store(Timestamp time) const {
    auto* const store = X509_STORE_new();
    CHECK(store != nullptr);
    for (const auto& certificate : all) CHECK(X509_STORE_add_cert(store, certificate.get()) == 1);
    X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store),
                               std::chrono::system_clock::to_time_t(time));
    return store;
  }

  /// What a token must be to answer `request`, and who may have signed it.
  [[nodiscard]] Verification verification(TS_REQ& request, Timestamp time) const {
    Verification context(TS_REQ_to_TS_VERIFY_CTX(&request, nullptr));
    CHECK(context != nullptr);
    TS_VERIFY_CTX_add_flags(context.get(), TS_VFY_SIGNATURE);
    TS_VERIFY_CTX_set_store(context.get(), store(time));  // and owns it
    return context;
  }

  /// `verify` holds the token or the answer around it against the request.
  template <typename Verify>
  [[nodiscard]] Result<TimeStamp> check(PKCS7& token, TS_REQ& request, const Verify& verify) const {
    const TokenInfo info(PKCS7_to_TS_TST_INFO(&token));
    const auto time = info == nullptr ? std::nullopt : time_of(*info);
    if (!time) return no_token();
    const auto context = verification(request, *time);
    ERR_clear_error();
    if (verify(context.get()) != 1)
      return failure(ErrorCode::kPermission,
                     fmt::format("the time stamp is not good: {}", complaint()));
    return TimeStamp{*time, signer_of(token), serial_of(*info), encode<PKCS7>(&token, i2d_PKCS7)};
  }
};

TimeStampTrust::TimeStampTrust(std::unique_ptr<Certificates> certificates)
    : certificates_(std::move(certificates)) {}
TimeStampTrust::~TimeStampTrust() = default;
TimeStampTrust::TimeStampTrust(TimeStampTrust&&) noexcept = default;
TimeStampTrust& TimeStampTrust::operator=(TimeStampTrust&&) noexcept = default;

Result<TimeStampTrust> TimeStampTrust::read(const std::string& pem_file) {
  const Owned<BIO, BIO_free_all> file(BIO_new_file(pem_file.c_str(), "r"));
  if (file == nullptr) {
    ERR_clear_error();
    return failure(ErrorCode::kNotFound, pem_file + ": cannot be read");
  }
  auto certificates = std::make_unique<Certificates>();
  while (Certificate certificate{PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr)})
    certificates->all.push_back(std::move(certificate));
  ERR_clear_error();  // the end of the file is one
  if (certificates->all.empty())
    return failure(ErrorCode::kMalformed, pem_file + ": holds no certificate (PEM)");
  return TimeStampTrust(std::move(certificates));
}

Result<TimeStamp> TimeStampTrust::check_response(std::string_view der,
                                                 const TimeStampRequest& request) const {
  const auto asked = decode<Request>(request.der, d2i_TS_REQ);
  CHECK(asked != nullptr);
  const auto response = decode<Response>(der, d2i_TS_RESP);
  if (response == nullptr) {
    ERR_clear_error();
    return failure(ErrorCode::kMalformed, "the authority's answer is not a time stamp response");
  }
  auto* const token = TS_RESP_get_token(response.get());
  if (token == nullptr) {
    const auto* const status = TS_STATUS_INFO_get0_status(TS_RESP_get_status_info(response.get()));
    return failure(ErrorCode::kUnavailable,
                   fmt::format("the authority refuses (status {})", ASN1_INTEGER_get(status)));
  }
  return certificates_->check(*token, *asked, [&](TS_VERIFY_CTX* context) {
    return TS_RESP_verify_response(context, response.get());
  });
}

Result<TimeStamp> TimeStampTrust::check_token(std::string_view der, const Digest& digest) const {
  const auto token = decode<Token>(der, d2i_PKCS7);
  if (token == nullptr || PKCS7_type_is_signed(token.get()) == 0) return no_token();
  const auto request = request_for(digest);
  return certificates_->check(*token, *request, [&](TS_VERIFY_CTX* context) {
    return TS_RESP_verify_token(context, token.get());
  });
}

}  // namespace noroshi
