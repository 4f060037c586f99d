#include "store/rewriting_turn.h"

#include <fmt/format.h>

#include <charconv>
#include <cstddef>

#include "base/byte_reader.h"
#include "store/sql/statement.h"

namespace noroshi {
namespace {

constexpr std::size_t kShard = 0;
constexpr std::string_view kMark = "of_";
/// Between two nodes that take and give their turns at the same moment.
constexpr int kMostTries = 3;

/// "of_746f6b796f": a name for a column out of any text.
std::string column_of(std::string_view node) {
  std::string column(kMark);
  for (const char letter : node)
    column += fmt::format("{:02x}", static_cast<unsigned char>(letter));
  return column;
}

std::string node_of(std::string_view column) {
  if (!column.starts_with(kMark)) return std::string(column);
  std::string node;
  for (auto hex = column.substr(kMark.size()); hex.size() >= 2; hex.remove_prefix(2)) {
    unsigned letter = 0;
    std::from_chars(hex.data(), hex.data() + 2, letter, 16);
    node += static_cast<char>(letter);
  }
  return node;
}

}  // namespace

Result<std::string> turn_of(Engine& engine) {
  if (!engine.is_shared()) return std::string();
  const auto answer =
      TRY(engine.ask_shard(kShard,
                           "SELECT name FROM system.columns WHERE database = 'noroshi' AND table = "
                           "'rewriting_turn'"));
  if (answer.empty()) return std::string();
  ByteReader reader(answer);
  std::size_t length = reader.read_u8();
  // A name of 64 letters and more has a length of two octets.
  if (length >= 0x80) length = (length & 0x7FU) | (std::size_t{reader.read_u8()} << 7);
  std::string column;
  for (const auto letter : reader.read_bytes(length)) column += static_cast<char>(letter);
  if (!reader.ok()) return failure(ErrorCode::kMalformed, "the engine does not tell whose turn");
  return node_of(column);
}

Status take_turn(Engine& engine, std::string_view node) {
  if (!engine.is_shared()) return {};
  const auto column = column_of(node);
  Statement create;
  create << "CREATE TABLE noroshi.rewriting_turn (" << SqlTable{column}
         << " UInt8) ENGINE = MergeTree ORDER BY tuple()";
  for (int tries = 0; tries < kMostTries; ++tries) {
    const auto created = engine.execute_on(kShard, create.text());
    if (created) return {};
    const auto owner = TRY(turn_of(engine));
    if (owner == node) return {};
    if (!owner.empty())
      return failure(
          ErrorCode::kPermission,
          fmt::format(
              "node '{}' is looking after rows from before at this moment, or was when it "
              "ended: start this one when that is done. If that node never comes back: DROP "
              "TABLE noroshi.rewriting_turn on the first shard",
              owner));
    if (tries + 1 == kMostTries) return created;
  }
  return {};
}

Status give_turn(Engine& engine) {
  if (!engine.is_shared()) return {};
  return engine.execute_on(kShard, "DROP TABLE IF EXISTS noroshi.rewriting_turn");
}

}  // namespace noroshi
