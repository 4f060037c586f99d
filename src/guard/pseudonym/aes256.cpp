#include "guard/pseudonym/aes256.h"

#include <openssl/crypto.h>

#include <array>
#include <bit>
#include <cstring>
#include <limits>

#include "base/byte_order.h"
#include "base/check.h"

namespace noroshi {
namespace {

using Context = std::unique_ptr<EVP_CIPHER_CTX, decltype(&::EVP_CIPHER_CTX_free)>;

const unsigned char* octets(const std::byte* bytes) {
  return static_cast<const unsigned char*>(static_cast<const void*>(bytes));
}
unsigned char* octets(std::byte* bytes) {
  return static_cast<unsigned char*>(static_cast<void*>(bytes));
}

Context context_of(const EVP_CIPHER* cipher, const Secret& key) {
  Context context(::EVP_CIPHER_CTX_new(), &::EVP_CIPHER_CTX_free);
  CHECK(context != nullptr);
  const std::array<unsigned char, Aes256::kBlock> counter{};
  CHECK(::EVP_EncryptInit_ex(context.get(), cipher, nullptr, octets(key.bytes().data()),
                             counter.data()) == 1);
  CHECK(::EVP_CIPHER_CTX_set_padding(context.get(), 0) == 1);
  return context;
}

void encrypt_in_place(EVP_CIPHER_CTX* context, std::span<std::byte> bytes) {
  CHECK(bytes.size() <= static_cast<std::size_t>(std::numeric_limits<int>::max()));
  int written = 0;
  const int size = static_cast<int>(bytes.size());
  CHECK(::EVP_EncryptUpdate(context, octets(bytes.data()), &written, octets(bytes.data()), size) ==
        1);
  CHECK(written == size);
}

}  // namespace

Aes256::Aes256(const Secret& key) : keyed_(context_of(::EVP_aes_256_ecb(), key)) {}

Aes256::Run Aes256::run() const {
  Context copy(::EVP_CIPHER_CTX_new(), &::EVP_CIPHER_CTX_free);
  CHECK(copy != nullptr);
  CHECK(::EVP_CIPHER_CTX_copy(copy.get(), keyed_.get()) == 1);
  return Run(std::move(copy));
}

void Aes256::Run::encrypt(std::span<std::byte> blocks) {
  CHECK(blocks.size() % kBlock == 0);
  encrypt_in_place(context_.get(), blocks);
}

Keystream::Keystream(const Secret& key)
    : context_(context_of(::EVP_aes_256_ctr(), key)), memory_(kBytes) {}

void Keystream::refill() {
  const std::span<std::byte> bytes(static_cast<std::byte*>(memory_.data()), kBytes);
  std::memset(bytes.data(), 0, bytes.size());
  encrypt_in_place(context_.get(), bytes);
  used_ = 0;
}

std::uint32_t Keystream::below(std::uint32_t bound) {
  CHECK(bound > 0);
  const int unused_bits = std::countl_zero(bound - 1);
  if (unused_bits == 32) return 0;
  while (true) {
    if (used_ == kBytes) refill();
    const auto* bytes = static_cast<const std::byte*>(memory_.data());
    const auto drawn = load_little_endian<std::uint32_t>(bytes + used_) >> unused_bits;
    used_ += sizeof(drawn);
    if (drawn < bound) return drawn;
  }
}

}  // namespace noroshi
