#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

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

/// A folder of its own, gone with it.
class Folder {
 public:
  Folder() {
    auto pattern = (std::filesystem::temp_directory_path() / "noroshi-guard-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] std::filesystem::path file() const { return path_ / "keys"; }

 private:
  std::filesystem::path path_;
};

}  // namespace noroshi::for_test
