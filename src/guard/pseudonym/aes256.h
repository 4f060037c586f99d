#pragma once

#include <openssl/evp.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "guard/pseudonym/secret.h"

namespace noroshi {

/// AES-256 (FIPS 197) as the block function of other constructions, many blocks at a time so that
/// the processor's pipeline is full.
class Aes256 {
 public:
  static constexpr std::size_t kBlock = 16;

  explicit Aes256(const Secret& key);

  /// One thread's use of the key. Cheap beside a batch, not beside a block: make one for each
  /// batch.
  class Run {
   public:
    /// Replaces every block by its encryption. A whole number of blocks, less than 2 GiB.
    void encrypt(std::span<std::byte> blocks);

   private:
    friend class Aes256;
    using Context = std::unique_ptr<EVP_CIPHER_CTX, decltype(&::EVP_CIPHER_CTX_free)>;
    explicit Run(Context context) : context_(std::move(context)) {}
    Context context_;
  };
  [[nodiscard]] Run run() const;

 private:
  Run::Context keyed_;
};

/// The keystream of AES-256 in counter mode (NIST SP 800-38A §6.5) from a counter of zero, as
/// numbers: the same for the same key everywhere.
class Keystream {
 public:
  explicit Keystream(const Secret& key);

  /// Uniform in [0, bound): draws of as many bits as bound − 1 has, those too large thrown away.
  /// `bound` is at least 1.
  [[nodiscard]] std::uint32_t below(std::uint32_t bound);

 private:
  void refill();

  static constexpr std::size_t kBytes = 32 * 1024;
  std::unique_ptr<EVP_CIPHER_CTX, decltype(&::EVP_CIPHER_CTX_free)> context_;
  PrivateMemory memory_;
  std::size_t used_ = kBytes;
};

}  // namespace noroshi
