// Looks into an embedded history without Noroshi's questions around it, for test_planted.py.
//
//   store_dump uncompress FOLDER   from now on columns, marks and keys of new parts are written as
//                                  they are: what is in a file can be found by searching the file
//   store_dump tables FOLDER       writes every row of every table, the engine's own logs among
//                                  them, to standard output in RowBinary: integers little-endian,
//                                  fixed strings as they are. Says on standard error, one a line,
//                                  "DATABASE.TABLE OCTETS", or why a table could not be read
//   store_dump spool FOLDER        writes the columns of every flow that waits in a spool
//   store_dump fill-spool FOLDER ADDRESS   lets a flow from ADDRESS wait there, as it is

#include <fmt/format.h>

#include <cstdio>
#include <span>
#include <string>
#include <vector>

#include "base/byte_reader.h"
#include "store/embedded/embedded_engine.h"
#include "store/spool.h"

namespace noroshi {
namespace {

template <typename T>
T must(Result<T> result) {
  if (!result) {
    fmt::print(stderr, "{}\n", result.error().message);
    std::exit(1);
  }
  return std::move(*result);
}

/// The strings of an answer in RowBinary that holds nothing else: each behind its length in LEB128.
std::vector<std::string> strings_of(Engine& engine, const std::string& select) {
  const auto answer = must(engine.ask(select));
  std::vector<std::string> strings;
  for (ByteReader reader(answer); !reader.at_end();) {
    std::uint64_t length = 0;
    for (unsigned shift = 0;; shift += 7) {
      const auto byte = reader.read_u8();
      length |= std::uint64_t{byte & 0x7FU} << shift;
      if ((byte & 0x80U) == 0 || !reader.ok()) break;
    }
    std::string text;
    for (std::uint64_t i = 0; i < length && reader.ok(); ++i)
      text += static_cast<char>(reader.read_u8());
    strings.push_back(std::move(text));
  }
  return strings;
}

void must_do(Engine& engine, const std::string& statement) {
  if (const auto done = engine.execute(statement); !done) {
    fmt::print(stderr, "{}: {}\n", statement, done.error().message);
    std::exit(1);
  }
}

void uncompress(Engine& engine) {
  const auto columns = strings_of(
      engine,
      "SELECT table, name, type FROM system.columns WHERE database = 'noroshi' ORDER BY table");
  for (std::size_t i = 0; i + 2 < columns.size(); i += 3)
    must_do(engine, fmt::format("ALTER TABLE noroshi.`{}` MODIFY COLUMN `{}` {} CODEC(NONE)",
                                columns[i], columns[i + 1], columns[i + 2]));
  for (const auto& table :
       strings_of(engine,
                  "SELECT name FROM system.tables WHERE database = 'noroshi' AND engine "
                  "LIKE '%MergeTree'")) {
    must_do(engine, fmt::format("ALTER TABLE noroshi.`{}` MODIFY SETTING compress_marks = 0, "
                                "compress_primary_key = 0",
                                table));
  }
}

void dump(Engine& engine) {
  // Not those that make rows without end, or are asked of other servers or of programs that are not
  // there (models).
  const auto tables = strings_of(
      engine,
      "SELECT database, name FROM system.tables WHERE database NOT IN ('INFORMATION_SCHEMA', "
      "'information_schema') AND NOT (database = 'system' AND (name LIKE 'numbers%' OR name LIKE "
      "'zeros%' OR name LIKE 'generate%' OR name IN ('one', 'primes', 'time_zones', 'licenses', "
      "'stack_trace', 'zookeeper', 'models'))) ORDER BY database, name");
  for (std::size_t i = 0; i + 1 < tables.size(); i += 2) {
    const auto table = fmt::format("{}.{}", tables[i], tables[i + 1]);
    std::size_t octets = 0;
    const auto read =
        engine.stream(fmt::format("SELECT * FROM `{}`.`{}`", tables[i], tables[i + 1]),
                      [&](std::span<const std::byte> piece) -> Status {
                        octets += piece.size();
                        std::fwrite(piece.data(), 1, piece.size(), stdout);
                        return {};
                      });
    if (read)
      fmt::print(stderr, "{} {}\n", table, octets);
    else
      fmt::print(stderr, "{}: {}\n", table, read.error().message);
  }
}

void dump_spool(const std::string& folder) {
  const auto spool = must(Spool::open({.folder = folder}));
  for (auto waiting = spool->next(0); waiting; waiting = spool->next(waiting->sequence))
    must(spool->read(waiting->sequence))
        .for_each_field([]<typename T>(std::string_view, std::span<const T> values) {
          const auto bytes = std::as_bytes(values);
          std::fwrite(bytes.data(), 1, bytes.size(), stdout);
        });
}

void fill_spool(const std::string& folder, const char* address) {
  const auto spool = must(Spool::open({.folder = folder}));
  FlowBatch rows;
  rows.append(1);
  rows.mutable_source_address()[0] = must(IpAddress::parse(address));
  rows.mutable_last()[0] = 3'600'000 * std::uint64_t{498'000};
  const Spool::Item item{.batch = 1, .hour = 498'000, .shard = 0, .unclear = false, .flows = &rows};
  if (const auto appended = spool->append({&item, 1}); !appended.status) {
    fmt::print(stderr, "{}\n", appended.status.error().message);
    std::exit(1);
  }
}

}  // namespace
}  // namespace noroshi

int main(int argc, char** argv) {
  const std::string command = argc >= 3 ? argv[1] : "";
  if (command == "fill-spool" && argc == 4) {
    noroshi::fill_spool(argv[2], argv[3]);
    return 0;
  }
  if (argc != 3) return 2;
  if (command == "spool") {
    noroshi::dump_spool(argv[2]);
    return 0;
  }
  if (command != "uncompress" && command != "tables") return 2;
  noroshi::EmbeddedEngine::Config config;
  config.path = argv[2];
  const auto engine = noroshi::must(noroshi::EmbeddedEngine::open(config));
  if (command == "uncompress")
    noroshi::uncompress(*engine);
  else
    noroshi::dump(*engine);
  return 0;
}
