#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/ts.h>
#include <openssl/x509v3.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/check.h"

namespace noroshi::for_test {

/// A time stamping authority in the process: one key, a certificate that it signed itself, answers
/// to requests.
class Authority {
 public:
  explicit Authority(const char* name = "Test authority") : key_(EVP_RSA_gen(2048)) {
    CHECK(key_ != nullptr);
    certificate_ = X509_new();
    X509_set_version(certificate_, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate_), 7);
    X509_gmtime_adj(X509_getm_notBefore(certificate_), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate_), 3600);
    X509_set_pubkey(certificate_, key_);
    auto* const subject = X509_get_subject_name(certificate_);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
    X509_set_issuer_name(certificate_, subject);
    add_extension(NID_ext_key_usage, "critical,timeStamping");
    CHECK(X509_sign(certificate_, key_, EVP_sha256()) > 0);
  }
  ~Authority() {
    X509_free(certificate_);
    EVP_PKEY_free(key_);
  }
  Authority(const Authority&) = delete;
  Authority& operator=(const Authority&) = delete;

  void write_certificate(const std::filesystem::path& file) const {
    BIO* const out = BIO_new_file(file.c_str(), "w");
    CHECK(out != nullptr && PEM_write_bio_X509(out, certificate_) == 1);
    BIO_free(out);
  }

  /// The answer to a request, DER.
  [[nodiscard]] std::string answer(const std::string& request) const {
    BIO* const in = BIO_new_mem_buf(request.data(), static_cast<int>(request.size()));
    TS_RESP_CTX* const context = TS_RESP_CTX_new();
    ASN1_OBJECT* const policy = OBJ_txt2obj("1.2.3.4.1", 1);
    TS_RESP_CTX_set_serial_cb(context, serial, nullptr);
    CHECK(TS_RESP_CTX_set_signer_cert(context, certificate_) == 1 &&
          TS_RESP_CTX_set_signer_key(context, key_) == 1 &&
          TS_RESP_CTX_set_signer_digest(context, EVP_sha256()) == 1 &&
          TS_RESP_CTX_set_def_policy(context, policy) == 1 &&
          TS_RESP_CTX_add_md(context, EVP_sha256()) == 1);
    TS_RESP* const response = TS_RESP_create_response(context, in);
    CHECK(response != nullptr);
    unsigned char* der = nullptr;
    const int length = i2d_TS_RESP(response, &der);
    CHECK(length > 0);
    std::string text(reinterpret_cast<const char*>(der), static_cast<std::size_t>(length));
    OPENSSL_free(der);
    TS_RESP_free(response);
    ASN1_OBJECT_free(policy);
    TS_RESP_CTX_free(context);
    BIO_free(in);
    return text;
  }

 private:
  static ASN1_INTEGER* serial(TS_RESP_CTX*, void*) {
    auto* const number = ASN1_INTEGER_new();
    ASN1_INTEGER_set(number, 42);
    return number;
  }
  void add_extension(int kind, const char* value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, certificate_, certificate_, nullptr, nullptr, 0);
    auto* const extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value);
    CHECK(extension != nullptr);
    X509_add_ext(certificate_, extension, -1);
    X509_EXTENSION_free(extension);
  }

  EVP_PKEY* key_;
  X509* certificate_ = nullptr;
};

}  // namespace noroshi::for_test
