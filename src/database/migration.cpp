#include "database/migration.h"

namespace noroshi {
namespace {

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

/// Past blank lines and lines that hold only a comment.
std::string_view without_comments_before(std::string_view text) {
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    const auto first = line.find_first_not_of(" \t");
    const bool comment = first != std::string_view::npos && line.substr(first).starts_with("--");
    if (!comment && !is_blank(line)) break;
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return text;
}

}  // namespace

std::vector<std::string_view> statements_of(std::string_view sql) {
  std::vector<std::string_view> statements;
  for (sql = without_comments_before(sql); !sql.empty(); sql = without_comments_before(sql)) {
    const auto end = sql.find(";\n");
    auto statement = sql.substr(0, end);
    if (end == std::string_view::npos && statement.ends_with(';')) statement.remove_suffix(1);
    statements.push_back(statement);
    sql.remove_prefix(end == std::string_view::npos ? sql.size() : end + 2);
  }
  return statements;
}

}  // namespace noroshi
