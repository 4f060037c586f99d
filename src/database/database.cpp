#include "database/database.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <list>
#include <optional>

#include "base/check.h"

// Door (in, read): the ledger of cases and requests. Guard: a file of mode 0600; values are bound,
// never part of the statement; each act is held against the audit.

namespace noroshi {
namespace {

DatabaseValue value_of(const soci::row& row, std::size_t at) {
  if (row.get_indicator(at) == soci::i_null) return std::monostate();
  switch (row.get_properties(at).get_data_type()) {
    case soci::dt_integer:
      return std::int64_t{row.get<int>(at)};
    case soci::dt_long_long:
      return static_cast<std::int64_t>(row.get<long long>(at));
    case soci::dt_unsigned_long_long:
      return static_cast<std::int64_t>(row.get<unsigned long long>(at));
    case soci::dt_string:
      return row.get<std::string>(at);
    default:
      return std::monostate();
  }
}

/// The values of a statement where it can find them as long as it lives.
class Bound {
 public:
  Bound(soci::statement& statement, std::span<const DatabaseValue> values) {
    for (const auto& value : values) {
      indicators_.push_back(std::holds_alternative<std::monostate>(value) ? soci::i_null
                                                                          : soci::i_ok);
      if (const auto* number = std::get_if<std::int64_t>(&value)) {
        numbers_.push_back(*number);
        statement.exchange(soci::use(numbers_.back(), indicators_.back()));
      } else {
        const auto* text = std::get_if<std::string>(&value);
        texts_.push_back(text == nullptr ? std::string() : *text);
        statement.exchange(soci::use(texts_.back(), indicators_.back()));
      }
    }
  }

 private:
  std::list<long long> numbers_;
  std::list<std::string> texts_;
  std::list<soci::indicator> indicators_;
};

tl::unexpected<Error> wrong_kind(std::size_t at, std::string_view kind) {
  return failure(ErrorCode::kMalformed,
                 fmt::format("the database holds no {} where one belongs (column {}): it was "
                             "changed by another program",
                             kind, at + 1));
}

constexpr const char* kMigrationTable =
    "CREATE TABLE IF NOT EXISTS schema_migrations ("
    "version BIGINT NOT NULL PRIMARY KEY, name VARCHAR(200) NOT NULL)";

}  // namespace

Result<std::int64_t> DatabaseRow::number(std::size_t at) const {
  CHECK(at < values_.size());
  if (const auto* value = std::get_if<std::int64_t>(&values_[at])) return *value;
  return wrong_kind(at, "number");
}

Result<std::string> DatabaseRow::text(std::size_t at) const {
  CHECK(at < values_.size());
  if (const auto* value = std::get_if<std::string>(&values_[at])) return *value;
  return wrong_kind(at, "text");
}

bool DatabaseRow::is_null(std::size_t at) const {
  CHECK(at < values_.size());
  return std::holds_alternative<std::monostate>(values_[at]);
}

/// The one place that knows SOCI and SQLite, and where what they throw ends.
class Database::Session final : public DatabaseStatements {
 public:
  explicit Session(std::string path) : path_(std::move(path)) {}

  Status open() {
    // SQLite would make the file, and with it its log, readable to all that the umask allows.
    const int made = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (made < 0)
      return failure(errno == EACCES ? ErrorCode::kPermission : ErrorCode::kIo,
                     fmt::format("{}: {}", path_, std::strerror(errno)));
    ::close(made);
    return caught("opening", [&] {
      session_.open(soci::sqlite3, fmt::format("dbname=\"{}\" timeout=5", path_));
      // Readers beside a writer, and a commit that is on disk when it returns.
      session_ << "PRAGMA journal_mode = WAL";
      session_ << "PRAGMA synchronous = FULL";
      session_ << "PRAGMA foreign_keys = ON";
    });
  }

  using DatabaseStatements::execute;
  using DatabaseStatements::query;

  Result<std::vector<DatabaseRow>> query(std::string_view sql,
                                         std::span<const DatabaseValue> values) override {
    std::vector<DatabaseRow> rows;
    TRY(caught("reading", [&] {
      soci::row row;
      soci::statement statement(session_);
      statement.exchange(soci::into(row));
      const Bound bound(statement, values);
      run(statement, sql, false);
      while (statement.fetch()) {
        std::vector<DatabaseValue> columns;
        for (std::size_t at = 0; at < row.size(); ++at) columns.push_back(value_of(row, at));
        rows.emplace_back(std::move(columns));
      }
    }));
    return rows;
  }

  Result<std::uint64_t> execute(std::string_view sql,
                                std::span<const DatabaseValue> values) override {
    std::uint64_t touched = 0;
    TRY(caught("writing", [&] {
      soci::statement statement(session_);
      const Bound bound(statement, values);
      run(statement, sql, true);
      touched = static_cast<std::uint64_t>(std::max(0LL, statement.get_affected_rows()));
    }));
    return touched;
  }

  Status transaction(const std::function<Status(DatabaseStatements&)>& work) {
    TRY(caught("beginning a transaction", [&] { session_.begin(); }));
    auto status = work(*this);
    if (status) status = caught("committing", [&] { session_.commit(); });
    // What is not undone here is undone when the file is opened next.
    if (!status) static_cast<void>(caught("undoing", [&] { session_.rollback(); }));
    return status;
  }

 private:
  static void run(soci::statement& statement, std::string_view sql, bool with_data) {
    statement.alloc();
    statement.prepare(std::string(sql));
    statement.define_and_bind();
    statement.execute(with_data);
  }

  template <typename Work>
  Status caught(std::string_view doing, const Work& work) {
    try {
      work();
      return {};
    } catch (const std::exception& error) {
      return failure(ErrorCode::kIo, fmt::format("{}: {}: {}", path_, doing, error.what()));
    }
  }

  std::string path_;
  soci::session session_;
};

namespace {

Result<std::uint32_t> version_of(DatabaseStatements& database) {
  std::uint32_t version = 0;
  const auto rows =
      TRY(database.query("SELECT version FROM schema_migrations ORDER BY version DESC"));
  if (!rows.empty()) version = static_cast<std::uint32_t>(TRY(rows.front().number(0)));
  return version;
}

Status migrate(DatabaseStatements& database, const Migration& migration) {
  for (const auto statement : statements_of(migration.sql)) TRY(database.execute(statement));
  TRY(database.execute("INSERT INTO schema_migrations (version, name) VALUES (:version, :name)",
                       {std::int64_t{migration.version}, std::string(migration.name)}));
  return {};
}

}  // namespace

Database::Database(std::unique_ptr<Session> session) : session_(std::move(session)) {}
Database::~Database() = default;

Result<std::unique_ptr<Database>> Database::open(const Config& config,
                                                 std::span<const Migration> migrations) {
  auto session = std::make_unique<Session>(config.path);
  TRY(session->open());
  std::unique_ptr<Database> database(new Database(std::move(session)));
  TRY(database->transaction([](DatabaseStatements& statements) -> Status {
    TRY(statements.execute(kMigrationTable));
    return {};
  }));
  TRY(database->transaction([&](DatabaseStatements& statements) -> Status {
    const auto version = TRY(version_of(statements));
    const auto newest = migrations.empty() ? 0 : migrations.back().version;
    if (version > newest)
      return failure(ErrorCode::kUnsupported,
                     fmt::format("{}: its form is number {}, this program knows up to {}: a newer "
                                 "noroshi wrote it",
                                 config.path, version, newest));
    for (const auto& migration : migrations)
      if (migration.version > version) TRY(migrate(statements, migration));
    return {};
  }));
  return database;
}

Status Database::transaction(const std::function<Status(DatabaseStatements&)>& work) {
  const std::lock_guard lock(mutex_);
  return session_->transaction(work);
}

}  // namespace noroshi
