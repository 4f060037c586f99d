#include "toml/toml_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

// Door (in): configuration, policy, filing. Guard: belong to the operator; unknown keys are
// refused.

namespace noroshi {

struct TomlTable::Node {
  /// What all tables of one file share.
  struct File {
    std::string name;
    toml::table root;
    Status status;
  };
  std::shared_ptr<File> file;
  const toml::table* table = nullptr;  // of file->root; null for a table that is absent
  std::string path;                    // "collect." before keys
  std::set<std::string, std::less<>> asked;
  std::vector<std::shared_ptr<Node>> children;

  const toml::node* find(std::string_view key) {
    asked.emplace(key);
    return table == nullptr ? nullptr : table->get(key);
  }
  void refuse_at(const toml::source_region& where, std::string_view key, std::string_view why) {
    if (!file->status) return;
    file->status =
        failure(ErrorCode::kInvalidArgument,
                fmt::format("{}:{}: {}{}: {}", file->name, where.begin.line, path, key, why));
  }
  std::shared_ptr<Node> child(const toml::table* of, std::string name) {
    auto node = std::make_shared<Node>(Node{file, of, std::move(name), {}, {}});
    children.push_back(node);
    return node;
  }
  Status unasked() const {
    if (table != nullptr) {
      for (const auto& [key, value] : *table) {
        if (asked.contains(key.str())) continue;
        std::string known;
        for (const auto& name : asked) known += (known.empty() ? "" : ", ") + name;
        return failure(ErrorCode::kInvalidArgument,
                       fmt::format("{}:{}: {}{}: there is no such key; known here: {}", file->name,
                                   key.source().begin.line, path, key.str(), known));
      }
    }
    for (const auto& child : children) TRY(child->unasked());
    return {};
  }
};

namespace {

std::string kind_of(const toml::node& node) {
  std::ostringstream out;
  out << node.type();
  return out.str();
}

}  // namespace

bool TomlTable::boolean(std::string_view key, bool otherwise) {
  const auto* node = node_->find(key);
  if (node == nullptr) return otherwise;
  if (const auto value = node->value_exact<bool>()) return *value;
  node_->refuse_at(node->source(), key, "true or false is expected, not " + kind_of(*node));
  return otherwise;
}

std::int64_t TomlTable::integer(std::string_view key, std::int64_t otherwise, std::int64_t least,
                                std::int64_t most) {
  const auto* node = node_->find(key);
  if (node == nullptr) return otherwise;
  const auto value = node->value_exact<std::int64_t>();
  if (!value) {
    node_->refuse_at(node->source(), key, "a whole number is expected, not " + kind_of(*node));
  } else if (*value < least) {
    node_->refuse_at(node->source(), key, fmt::format("{} is below {}", *value, least));
  } else if (*value > most) {
    node_->refuse_at(node->source(), key, fmt::format("{} is above {}", *value, most));
  } else {
    return *value;
  }
  return otherwise;
}

double TomlTable::number(std::string_view key, double otherwise, double least, double most) {
  const auto* node = node_->find(key);
  if (node == nullptr) return otherwise;
  const auto value = node->value<double>();
  if (!value)
    node_->refuse_at(node->source(), key, "a number is expected, not " + kind_of(*node));
  else if (!(*value >= least && *value <= most))
    node_->refuse_at(node->source(), key,
                     fmt::format("{} is not between {} and {}", *value, least, most));
  else
    return *value;
  return otherwise;
}

std::string TomlTable::text(std::string_view key, std::string otherwise) {
  const auto* node = node_->find(key);
  if (node == nullptr) return otherwise;
  if (const auto value = node->value_exact<std::string>()) return *value;
  node_->refuse_at(node->source(), key, "a text in quotes is expected, not " + kind_of(*node));
  return otherwise;
}

std::vector<std::string> TomlTable::texts(std::string_view key,
                                          std::vector<std::string> otherwise) {
  const auto* node = node_->find(key);
  if (node == nullptr) return otherwise;
  const auto* array = node->as_array();
  if (array == nullptr) {
    node_->refuse_at(node->source(), key, "a list of texts is expected, not " + kind_of(*node));
    return otherwise;
  }
  std::vector<std::string> values;
  for (const auto& element : *array) {
    const auto value = element.value_exact<std::string>();
    if (!value) {
      node_->refuse_at(element.source(), key,
                       "a text in quotes is expected, not " + kind_of(element));
      return otherwise;
    }
    values.push_back(*value);
  }
  return values;
}

std::optional<std::chrono::year_month_day> TomlTable::date(std::string_view key) {
  const auto* node = node_->find(key);
  if (node == nullptr) return std::nullopt;
  const auto value = node->value_exact<toml::date>();
  if (!value) {
    node_->refuse_at(node->source(), key,
                     "a date without quotes is expected, 2027-03-31, not " + kind_of(*node));
    return std::nullopt;
  }
  return std::chrono::year_month_day(std::chrono::year(value->year),
                                     std::chrono::month(value->month),
                                     std::chrono::day(value->day));
}

TomlTable TomlTable::table(std::string_view key) {
  const auto* node = node_->find(key);
  const toml::table* table = node == nullptr ? nullptr : node->as_table();
  if (node != nullptr && table == nullptr)
    node_->refuse_at(node->source(), key,
                     fmt::format("a table is expected, [{}{}]", node_->path, key));
  return TomlTable(node_->child(table, fmt::format("{}{}.", node_->path, key)));
}

std::vector<TomlTable> TomlTable::tables(std::string_view key) {
  std::vector<TomlTable> tables;
  const auto* node = node_->find(key);
  if (node == nullptr) return tables;
  const auto* array = node->as_array();
  if (array == nullptr) {
    node_->refuse_at(node->source(), key,
                     fmt::format("tables are expected, [[{}{}]]", node_->path, key));
    return tables;
  }
  for (const auto& element : *array) {
    if (const auto* table = element.as_table(); table != nullptr)
      tables.push_back(TomlTable(node_->child(table, fmt::format("{}{}.", node_->path, key))));
    else
      node_->refuse_at(element.source(), key,
                       fmt::format("tables are expected, [[{}{}]]", node_->path, key));
  }
  return tables;
}

std::vector<std::string> TomlTable::keys() const {
  std::vector<std::pair<std::uint32_t, std::string>> found;
  if (node_->table != nullptr)
    for (const auto& [key, value] : *node_->table)
      found.emplace_back(key.source().begin.line, std::string(key.str()));
  std::ranges::stable_sort(found);
  std::vector<std::string> keys;
  for (auto& [line, key] : found) keys.push_back(std::move(key));
  return keys;
}

bool TomlTable::has(std::string_view key) const {
  return node_->table != nullptr && node_->table->contains(key);
}

void TomlTable::refuse(std::string_view key, std::string_view why) {
  const auto* node = node_->table == nullptr ? nullptr : node_->table->get(key);
  const auto where = node != nullptr           ? node->source()
                     : node_->table != nullptr ? node_->table->source()
                                               : node_->file->root.source();
  node_->refuse_at(where, key, why);
}

Result<TomlFile> TomlFile::read(const std::string& path) {
  std::ifstream file(path);
  if (!file) return failure(ErrorCode::kNotFound, path + ": the file cannot be opened");
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) return failure(ErrorCode::kIo, path + ": the file cannot be read");
  return parse(text.str(), path);
}

Result<TomlFile> TomlFile::parse(std::string_view text, const std::string& name) {
  auto parsed = toml::parse(text, name);
  if (!parsed) {
    const auto& error = parsed.error();
    return failure(ErrorCode::kMalformed,
                   fmt::format("{}:{}: {}", name, error.source().begin.line, error.description()));
  }
  auto file = std::make_shared<TomlTable::Node::File>();
  file->name = name;
  file->root = std::move(parsed).table();
  auto root = std::make_shared<TomlTable::Node>(TomlTable::Node{file, &file->root, "", {}, {}});
  return TomlFile(TomlTable(std::move(root)));
}

Status TomlFile::finish() const {
  TRY(Status(root_.node_->file->status));
  return root_.node_->unasked();
}

}  // namespace noroshi
