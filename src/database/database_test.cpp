#include "database/database.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace noroshi {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr Migration kFirst{1, "0001_things",
                           "-- things\n"
                           "CREATE TABLE things (\n"
                           "  id BIGINT NOT NULL PRIMARY KEY,\n"
                           "  name VARCHAR(40)\n"
                           ");\n"};
constexpr Migration kSecond{2, "0002_sizes",
                            "ALTER TABLE things ADD COLUMN size BIGINT;\n"
                            "UPDATE things SET size = 7;\n"};

class DatabaseFile : public ::testing::Test {
 protected:
  DatabaseFile() {
    std::string name = "/tmp/noroshi-database-XXXXXX";
    folder_ = ::mkdtemp(name.data());
    path_ = folder_ / "ledger.sqlite";
  }
  ~DatabaseFile() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::unique_ptr<Database> open(std::span<const Migration> migrations) const {
    auto database = Database::open({path_}, migrations);
    EXPECT_TRUE(database) << database.error().message;
    return database ? std::move(*database) : nullptr;
  }

  std::filesystem::path folder_;
  std::filesystem::path path_;
};

Status add(DatabaseStatements& statements, std::int64_t id, DatabaseValue name) {
  TRY(statements.execute("INSERT INTO things (id, name) VALUES (:id, :name)",
                         {id, std::move(name)}));
  return {};
}

TEST(Migrations, AreTakenApartIntoStatementsWithoutComments) {
  EXPECT_THAT(statements_of("-- one; two\n\nA;\n  -- three\nB\nC;\nD;"),
              ElementsAre("A", "B\nC", "D"));
  EXPECT_TRUE(statements_of("-- nothing\n").empty());
}

TEST_F(DatabaseFile, GivesBackWhatItWasGiven) {
  const auto database = open({&kFirst, 1});
  const std::string hostile = "x'); DROP TABLE things; --";
  ASSERT_TRUE(database->transaction([&](DatabaseStatements& statements) -> Status {
    TRY(add(statements, 1, hostile));
    TRY(add(statements, std::int64_t{1} << 60, std::monostate()));
    return {};
  }));
  ASSERT_TRUE(database->transaction([&](DatabaseStatements& statements) -> Status {
    const auto rows = TRY(statements.query("SELECT id, name FROM things ORDER BY id"));
    EXPECT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].text(1).value(), hostile);
    EXPECT_EQ(rows[1].number(0).value(), std::int64_t{1} << 60);
    EXPECT_TRUE(rows[1].is_null(1));
    EXPECT_FALSE(rows[1].text(1));
    EXPECT_FALSE(rows[0].number(1));
    return {};
  }));
}

TEST_F(DatabaseFile, KeepsNothingOfATransactionThatFails) {
  const auto database = open({&kFirst, 1});
  const auto status = database->transaction([&](DatabaseStatements& statements) -> Status {
    TRY(add(statements, 1, std::string("one")));
    return failure(ErrorCode::kLimit, "enough");
  });
  EXPECT_EQ(status.error().message, "enough");
  ASSERT_TRUE(database->transaction([&](DatabaseStatements& statements) -> Status {
    EXPECT_TRUE(TRY(statements.query("SELECT id FROM things")).empty());
    return {};
  }));
}

TEST_F(DatabaseFile, BringsAnOlderFileToTheNewestForm) {
  ASSERT_TRUE(open({&kFirst, 1})->transaction([](DatabaseStatements& statements) {
    return add(statements, 5, std::string("five"));
  }));
  const Migration both[] = {kFirst, kSecond};
  for (int times = 0; times < 2; ++times) {
    ASSERT_TRUE(open(both)->transaction([](DatabaseStatements& statements) -> Status {
      const auto rows = TRY(statements.query("SELECT name, size FROM things"));
      EXPECT_EQ(rows.front().text(0).value(), "five");
      EXPECT_EQ(rows.front().number(1).value(), 7);
      return {};
    }));
  }
}

TEST_F(DatabaseFile, RefusesTheFileOfANewerProgram) {
  const Migration both[] = {kFirst, kSecond};
  open(both).reset();
  const auto older = Database::open({path_}, {&kFirst, 1});
  ASSERT_FALSE(older);
  EXPECT_EQ(older.error().code, ErrorCode::kUnsupported);
  EXPECT_THAT(older.error().message, HasSubstr("a newer noroshi wrote it"));
}

TEST_F(DatabaseFile, KeepsTheOldFormWhenAStepFails) {
  open({&kFirst, 1}).reset();
  constexpr Migration kBroken{2, "0002_broken",
                              "ALTER TABLE things ADD COLUMN size BIGINT;\nNO;\n"};
  const Migration both[] = {kFirst, kBroken};
  EXPECT_FALSE(Database::open({path_}, both));
  ASSERT_TRUE(open({&kFirst, 1})->transaction([](DatabaseStatements& statements) -> Status {
    EXPECT_FALSE(statements.query("SELECT size FROM things"));
    return {};
  }));
}

TEST_F(DatabaseFile, NamesAFileThatIsNoDatabase) {
  std::ofstream(path_) << std::string(4096, 'x');
  const auto database = Database::open({path_}, {&kFirst, 1});
  ASSERT_FALSE(database);
  EXPECT_THAT(database.error().message, HasSubstr(path_.string()));
}

TEST_F(DatabaseFile, IsForItsOwnerAlone) {
  const auto database = open({&kFirst, 1});
  ASSERT_TRUE(database->transaction(
      [](DatabaseStatements& statements) { return add(statements, 1, std::string("one")); }));
  for (const auto& file : std::filesystem::directory_iterator(folder_)) {
    struct stat found {};
    ASSERT_EQ(::stat(file.path().c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 0077U, 0U) << file.path();
  }
}

}  // namespace
}  // namespace noroshi
