#include "guard/pseudonym/reveal_keys.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "guard/digest.h"

// Door (reveal): the address behind a pseudonym. Guard: only for RevealBook, which has checked
// case, purpose and approvals.

namespace noroshi {
namespace {

Digest hmac_sha256(const Secret& key, std::string_view text) {
  Digest digest;
  unsigned size = 0;
  CHECK(::HMAC(::EVP_sha256(), key.bytes().data(), static_cast<int>(Secret::kSize),
               reinterpret_cast<const unsigned char*>(text.data()), text.size(),
               reinterpret_cast<unsigned char*>(digest.bytes.data()), &size) != nullptr);
  CHECK(size == digest.bytes.size());
  return digest;
}

}  // namespace

void RevealKeys::replace(std::filesystem::path key_file) {
  const std::lock_guard lock(mutex_);
  key_file_ = std::move(key_file);
  book_.reset();
}

Result<IpAddress> RevealKeys::address_of(const IpAddress& pseudonym, Timestamp moment) {
  const std::lock_guard lock(mutex_);
  return TRY(book())->address_of(pseudonym, to_unix_milliseconds(moment) / 3'600'000);
}

Result<std::string> RevealKeys::keyed_hash(std::string_view text) {
  const std::lock_guard lock(mutex_);
  const auto& source = TRY(book())->source();
  // The newest is the one that will be retired last.
  const auto& id = source.keys().back().id;
  const auto key = TRY(source.derive(id, "reveal hash"));
  return fmt::format("{}:{}", id, hmac_sha256(key, text).to_hex());
}

Result<PseudonymBook*> RevealKeys::book() {
  const auto now = std::chrono::steady_clock::now();
  if (!book_ || now - read_ > kKept) {
    book_.reset();
    auto read = PseudonymBook::read(key_file_);
    if (!read) return tl::unexpected(read.error());
    book_.emplace(std::move(*read));
    read_ = now;
  }
  return &*book_;
}

}  // namespace noroshi
