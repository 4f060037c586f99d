#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace noroshi {

/// A SHA-256 hash (FIPS 180-4 §6.2).
struct Digest {
  std::array<std::byte, 32> bytes{};

  /// 64 lowercase hexadecimal digits.
  [[nodiscard]] std::string to_hex() const;
  /// kMalformed unless `text` is exactly what to_hex() writes.
  [[nodiscard]] static Result<Digest> from_hex(std::string_view text);

  friend bool operator==(const Digest&, const Digest&) = default;
  friend auto operator<=>(const Digest&, const Digest&) = default;
};

/// Makes digests, one after the other. Not thread-safe.
class Sha256 {
 public:
  Sha256();
  void update(std::span<const std::byte> bytes);
  void update(std::string_view text) { update(std::as_bytes(std::span(text))); }
  /// The digest of what came since the last one.
  [[nodiscard]] Digest finish();

 private:
  struct Free {
    void operator()(void* context) const;
  };
  std::unique_ptr<void, Free> context_;
};

[[nodiscard]] Digest sha256(std::string_view text);

}  // namespace noroshi
