#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "guard/digest.h"

namespace noroshi {

/// Fields one after the other, each behind its length, so that no two lists of fields make the same
/// text: what the digests of ledger entries are made of.
class SealedText {
 public:
  void add(std::string_view field) {
    text_ += std::to_string(field.size());
    text_ += ':';
    text_ += field;
  }
  void add(std::uint64_t number) { add(std::string_view(std::to_string(number))); }

  [[nodiscard]] Digest digest() const { return sha256(text_); }

 private:
  std::string text_;
};

}  // namespace noroshi
