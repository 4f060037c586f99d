#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "database/migration.h"

namespace noroshi {

/// What a column holds or a statement is given: NULL, a whole number, or UTF-8 text. Moments are
/// numbers of milliseconds since 1970, truths are 0 and 1: what every database spells alike.
using DatabaseValue = std::variant<std::monostate, std::int64_t, std::string>;

/// One row of an answer.
class DatabaseRow {
 public:
  explicit DatabaseRow(std::vector<DatabaseValue> values) : values_(std::move(values)) {}

  /// The column at `at` in the order of the SELECT. kMalformed when the stored value is of another
  /// kind, NULL included: a file that somebody edited must not end the program.
  [[nodiscard]] Result<std::int64_t> number(std::size_t at) const;
  [[nodiscard]] Result<std::string> text(std::size_t at) const;
  [[nodiscard]] bool is_null(std::size_t at) const;

 private:
  std::vector<DatabaseValue> values_;
};

/// Statements within one transaction.
class DatabaseStatements {
 public:
  virtual ~DatabaseStatements() = default;

  /// Runs a SELECT. `sql` names its values `:a`, `:b`, … in the order of `values`; a value is never
  /// part of the text.
  [[nodiscard]] virtual Result<std::vector<DatabaseRow>> query(
      std::string_view sql, std::span<const DatabaseValue> values) = 0;
  /// Runs any other statement; the number of rows it touched.
  virtual Result<std::uint64_t> execute(std::string_view sql,
                                        std::span<const DatabaseValue> values) = 0;

  [[nodiscard]] Result<std::vector<DatabaseRow>> query(
      std::string_view sql, std::initializer_list<DatabaseValue> values = {}) {
    return query(sql, std::span(values.begin(), values.size()));
  }
  Result<std::uint64_t> execute(std::string_view sql,
                                std::initializer_list<DatabaseValue> values = {}) {
    return execute(sql, std::span(values.begin(), values.size()));
  }
};

/// A relational database: today a file of SQLite 3. It owns no table but the list of migrations.
///
/// The SQL it is given is to be what SQLite and PostgreSQL both take: BIGINT and VARCHAR columns,
/// keys counted by the program, no upserts, no functions of dates. Thread-safe: one transaction at
/// a time.
class Database {
 public:
  struct Config {
    std::string path;  ///< made with mode 0600 when it is not there
  };

  /// Opens the file and brings it to the newest of `migrations`. A file that a newer program wrote,
  /// one that is no database and one that is damaged are one clear error each.
  [[nodiscard]] static Result<std::unique_ptr<Database>> open(
      const Config& config, std::span<const Migration> migrations);
  ~Database();

  /// Runs `work` as one transaction: all of it is on disk when this returns success; nothing of it
  /// is kept when `work` or the commit fails.
  Status transaction(const std::function<Status(DatabaseStatements&)>& work);

 private:
  class Session;
  explicit Database(std::unique_ptr<Session> session);

  std::mutex mutex_;
  std::unique_ptr<Session> session_;
};

}  // namespace noroshi
