#include "guard/digest.h"

#include <openssl/evp.h>

#include "base/check.h"

namespace noroshi {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

template <typename Pointer>
EVP_MD_CTX* context_of(const Pointer& pointer) {
  return static_cast<EVP_MD_CTX*>(pointer.get());
}

/// The value of a lowercase hexadecimal digit; above 15 when it is none.
constexpr unsigned digit_value(char digit) {
  if (digit >= '0' && digit <= '9') return static_cast<unsigned>(digit - '0');
  if (digit >= 'a' && digit <= 'f') return static_cast<unsigned>(digit - 'a') + 10;
  return 16;
}

}  // namespace

std::string Digest::to_hex() const {
  std::string text;
  text.reserve(2 * bytes.size());
  for (const auto byte : bytes) {
    text += kDigits[std::to_integer<std::size_t>(byte >> 4)];
    text += kDigits[std::to_integer<std::size_t>(byte & std::byte{15})];
  }
  return text;
}

Result<Digest> Digest::from_hex(std::string_view text) {
  Digest digest;
  bool good = text.size() == 2 * digest.bytes.size();
  for (std::size_t i = 0; good && i < digest.bytes.size(); ++i) {
    const auto high = digit_value(text[2 * i]);
    const auto low = digit_value(text[2 * i + 1]);
    good = high < 16 && low < 16;
    digest.bytes[i] = static_cast<std::byte>(high << 4 | low);
  }
  if (!good)
    return failure(ErrorCode::kMalformed, "a SHA-256 hash is 64 lowercase hexadecimal digits");
  return digest;
}

void Sha256::Free::operator()(void* context) const {
  EVP_MD_CTX_free(static_cast<EVP_MD_CTX*>(context));
}

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  CHECK(context_ != nullptr);
  CHECK(EVP_DigestInit_ex(context_of(context_), EVP_sha256(), nullptr) == 1);
}

void Sha256::update(std::span<const std::byte> bytes) {
  CHECK(EVP_DigestUpdate(context_of(context_), bytes.data(), bytes.size()) == 1);
}

Digest Sha256::finish() {
  Digest digest;
  unsigned length = 0;
  CHECK(EVP_DigestFinal_ex(context_of(context_),
                           reinterpret_cast<unsigned char*>(digest.bytes.data()), &length) == 1);
  CHECK(length == digest.bytes.size());
  // The same algorithm again: looking it up by name would cost more than hashing a line does.
  CHECK(EVP_DigestInit_ex(context_of(context_), nullptr, nullptr) == 1);
  return digest;
}

Digest sha256(std::string_view text) {
  Sha256 hash;
  hash.update(text);
  return hash.finish();
}

}  // namespace noroshi
