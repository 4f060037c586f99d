#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "guard/pseudonym/key_source.h"

namespace noroshi {

/// The site's keys in a file of mode 0600: a value that was read, changed and is written back
/// whole.
///
/// Written and read here and not by a library, none of which wipes the copies it makes of a secret.
/// docs/reference/pseudonyms.md shows the form: one [[key]] each, as TOML.
class KeyFile final : public KeySource {
 public:
  /// A new key begins at least this much later: by then every collector has read the file and drawn
  /// its tables, and no flow that says it ended up to two hours from now has met the old one.
  static constexpr std::uint64_t kLeadHours = 4;
  /// Flows arrive late by up to a day: for so long after its end a key is still in use.
  static constexpr std::uint64_t kLateHours = 28;
  /// Between the beginnings of two keys: never more than two are in use at once.
  static constexpr std::uint64_t kLeastHours = 48;
  static constexpr std::size_t kMostKeys = 1000;

  /// One key, for all times so far and to come.
  [[nodiscard]] static KeyFile create(std::uint64_t now_hour);
  /// kNotFound where there is none; kPermission where others than its owner could read it.
  [[nodiscard]] static Result<KeyFile> read(const std::filesystem::path& path);
  /// `name` begins error messages, which never show a secret.
  [[nodiscard]] static Result<KeyFile> parse(std::string_view text, const std::string& name);

  /// In place of the file at once, on disk when it returns. What stood in the old one is
  /// overwritten as far as the file system lets us.
  Status write(const std::filesystem::path& path) const;

  [[nodiscard]] const std::vector<PseudonymKey>& keys() const override { return keys_; }
  [[nodiscard]] Result<Secret> derive(const std::string& id, std::string_view label) const override;

  /// Adds a key from `from` on, kLeadHours or more after `now_hour`; returns its id.
  Result<std::string> rotate(std::uint64_t from, std::uint64_t now_hour);
  /// Destroys a key's secret: one that ended kLateHours ago or more.
  Status retire(const std::string& id, std::uint64_t now_hour);

 private:
  KeyFile() = default;
  void add_new(std::uint64_t from, std::uint64_t now_hour);
  Status check(const std::string& name) const;

  std::vector<PseudonymKey> keys_;
  std::map<std::string, Secret, std::less<>> secrets_;
};

/// "2026-11-22T15Z": hours since 1970 as key files and commands write them.
[[nodiscard]] std::string hour_text(std::uint64_t hour);
[[nodiscard]] std::optional<std::uint64_t> hour_of_text(std::string_view text);

/// Held while the file is read, changed and written: commands wait for one another.
class KeyFileLock {
 public:
  [[nodiscard]] static Result<KeyFileLock> take(const std::filesystem::path& path);
  ~KeyFileLock();
  KeyFileLock(KeyFileLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
  KeyFileLock& operator=(KeyFileLock&&) = delete;

 private:
  explicit KeyFileLock(int file) : file_(file) {}
  int file_;
};

}  // namespace noroshi
