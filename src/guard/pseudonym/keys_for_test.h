#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/folder_for_test.h"
#include "guard/pseudonym/key_source.h"
#include "net/prefix.h"

namespace noroshi::for_test {

/// A token that keys never leave: what KeySource must allow.
class Token final : public KeySource {
 public:
  explicit Token(std::vector<PseudonymKey> keys = {{"one", 0, PseudonymKey::kNoEnd, {}}})
      : keys_(std::move(keys)) {}

  [[nodiscard]] const std::vector<PseudonymKey>& keys() const override { return keys_; }
  [[nodiscard]] Result<Secret> derive(const std::string& id,
                                      std::string_view label) const override {
    return hkdf_sha256(Secret(), "token " + id + " " + std::string(label));
  }

 private:
  std::vector<PseudonymKey> keys_;
};

inline IpAddress address(std::string_view text) { return IpAddress::parse(text).value(); }

inline std::vector<Prefix> prefixes(const std::vector<std::string>& texts) {
  std::vector<Prefix> result;
  for (const auto& text : texts) result.push_back(Prefix::parse(text).value());
  return result;
}

/// A key file's place in a folder that is gone when the test ends.
class KeyFolder {
 public:
  [[nodiscard]] std::filesystem::path file() const { return folder_.path() / "keys"; }

 private:
  Folder folder_;
};

}  // namespace noroshi::for_test
