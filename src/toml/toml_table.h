#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace noroshi {

/// One table of a TOML file being read: every key is asked for once, and those nobody asked for are
/// an error, so that a misspelt key never goes unnoticed. Errors say where:
/// "noroshi.toml:14: collect.workers: 0 is below 1".
///
/// The first error is kept and later reads return defaults: read a whole table, then check once
/// with TomlFile::finish(). Not thread-safe.
class TomlTable {
 public:
  [[nodiscard]] bool boolean(std::string_view key, bool otherwise);
  [[nodiscard]] std::int64_t integer(std::string_view key, std::int64_t otherwise,
                                     std::int64_t least, std::int64_t most);
  [[nodiscard]] double number(std::string_view key, double otherwise, double least, double most);
  [[nodiscard]] std::string text(std::string_view key, std::string otherwise);
  [[nodiscard]] std::vector<std::string> texts(std::string_view key,
                                               std::vector<std::string> otherwise);
  /// A date without a time, 2027-03-31; nothing when the key is absent.
  [[nodiscard]] std::optional<std::chrono::year_month_day> date(std::string_view key);
  /// A table; an empty one when the key is absent.
  [[nodiscard]] TomlTable table(std::string_view key);
  /// An array of tables: [[exporter]].
  [[nodiscard]] std::vector<TomlTable> tables(std::string_view key);
  /// Every key of this table, in the order of the file, for tables of the user's own names.
  [[nodiscard]] std::vector<std::string> keys() const;
  /// The key is in the file.
  [[nodiscard]] bool has(std::string_view key) const;

  /// Reports that the value of `key` cannot be: "'x' is not a prefix".
  void refuse(std::string_view key, std::string_view why);
  /// The value of a Result, or a refusal of `key` with its message and `otherwise`.
  template <typename T>
  [[nodiscard]] T accepted(std::string_view key, Result<T> result, T otherwise) {
    if (result) return std::move(*result);
    refuse(key, result.error().message);
    return otherwise;
  }

 private:
  friend class TomlFile;
  struct Node;
  explicit TomlTable(std::shared_ptr<Node> node) : node_(std::move(node)) {}
  std::shared_ptr<Node> node_;
};

/// A TOML file (1.0.0) read whole.
class TomlFile {
 public:
  /// A file that cannot be read, or is not TOML, is one error with file and line.
  [[nodiscard]] static Result<TomlFile> read(const std::string& path);
  /// The same for text at hand; `name` begins error messages.
  [[nodiscard]] static Result<TomlFile> parse(std::string_view text, const std::string& name);

  [[nodiscard]] TomlTable root() const { return root_; }
  /// The first refusal, else the first key in the file that was not asked for, else success.
  [[nodiscard]] Status finish() const;

 private:
  explicit TomlFile(TomlTable root) : root_(std::move(root)) {}
  TomlTable root_;
};

}  // namespace noroshi
