#include "guard/pseudonym/key_source.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <algorithm>
#include <array>
#include <memory>

#include "base/check.h"

namespace noroshi {

const PseudonymKey& KeySource::key_of(std::uint64_t hour) const {
  const auto& all = keys();
  const auto found =
      std::ranges::find_if(all, [&](const PseudonymKey& key) { return key.covers(hour); });
  CHECK(found != all.end());
  return *found;
}

Secret hkdf_sha256(const Secret& secret, std::string_view label) {
  const std::unique_ptr<EVP_KDF, decltype(&::EVP_KDF_free)> kdf(
      ::EVP_KDF_fetch(nullptr, "HKDF", nullptr), &::EVP_KDF_free);
  CHECK(kdf != nullptr);
  const std::unique_ptr<EVP_KDF_CTX, decltype(&::EVP_KDF_CTX_free)> context(
      ::EVP_KDF_CTX_new(kdf.get()), &::EVP_KDF_CTX_free);
  CHECK(context != nullptr);
  // OpenSSL takes what it only reads without const.
  std::string digest = "SHA256";
  std::string info(label);
  const std::array<OSSL_PARAM, 4> parameters = {
      ::OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), digest.size()),
      ::OSSL_PARAM_construct_octet_string(
          OSSL_KDF_PARAM_KEY, const_cast<std::byte*>(secret.bytes().data()), Secret::kSize),
      ::OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info.data(), info.size()),
      ::OSSL_PARAM_construct_end()};
  Secret result;
  auto* out = static_cast<unsigned char*>(static_cast<void*>(result.fill().data()));
  CHECK(::EVP_KDF_derive(context.get(), out, Secret::kSize, parameters.data()) == 1);
  return result;
}

}  // namespace noroshi
