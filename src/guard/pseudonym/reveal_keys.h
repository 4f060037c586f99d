#pragma once

#include <chrono>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "guard/pseudonym/pseudonym_book.h"
#include "net/ip_address.h"

namespace noroshi {

/// What reveals need of the site's key file: the way back from a pseudonym, and a keyed hash of
/// what was shown. The file is read when it is needed, and again after a minute: a request for many
/// pseudonyms reads it once, and what was rotated or retired is soon known.
///
/// Thread-safe.
class RevealKeys {
 public:
  explicit RevealKeys(std::filesystem::path key_file) : key_file_(std::move(key_file)) {}

  /// Another file from now on.
  void replace(std::filesystem::path key_file);

  /// The address behind a pseudonym seen at a moment. Errors as PseudonymBook::address_of(), and
  /// kNotFound where there is no key file.
  [[nodiscard]] Result<IpAddress> address_of(const IpAddress& pseudonym, Timestamp moment);
  /// HMAC-SHA-256 (RFC 2104) of `text` under derive(id, "reveal hash") of the key that is newest:
  /// "id:64 hexadecimal digits". Whoever holds the key file can check a claim about the text;
  /// nobody else can guess addresses from it.
  [[nodiscard]] Result<std::string> keyed_hash(std::string_view text);

 private:
  /// With the mutex held.
  [[nodiscard]] Result<PseudonymBook*> book();

  static constexpr std::chrono::minutes kKept{1};

  std::mutex mutex_;
  std::filesystem::path key_file_;
  std::optional<PseudonymBook> book_;
  std::chrono::steady_clock::time_point read_;
};

}  // namespace noroshi
