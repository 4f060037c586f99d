#include "store/embedded/embedded_engine.h"

#include <fmt/format.h>

#include <atomic>
#include <charconv>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

#include "base/byte_reader.h"
#include "base/check.h"
#include "store/embedded/folder_lock.h"
#include "store/embedded/libchdb.h"
#include "store/embedded/write_watch.h"

namespace noroshi {
namespace {

/// Sessions of one kind, made as they are needed, up to a number; who comes then waits.
class Sessions {
 public:
  struct Kind {
    std::vector<std::string> arguments;
    std::string settings;  // one SET statement, run first in each
    std::size_t most = 1;
  };
  Sessions(std::shared_ptr<const EngineLibrary> library, Kind kind)
      : library_(std::move(library)), kind_(std::move(kind)) {}

  /// Runs `work` with a session that nobody else uses meanwhile.
  template <typename Work>
  auto with(Work&& work) -> decltype(work(std::declval<EngineSession&>())) {
    auto session = take();
    if (!session) return tl::unexpected(std::move(session).error());
    auto result = work(*session);
    give_back(std::move(*session));
    return result;
  }

  /// Waits until no session is used, and ends them all; who comes then waits for open().
  void close() {
    std::unique_lock lock(mutex_);
    closed_ = true;
    returned_.wait(lock, [&] { return idle_.size() == made_; });
    idle_.clear();
    made_ = 0;
  }
  void open() {
    const std::lock_guard lock(mutex_);
    closed_ = false;
    returned_.notify_all();
  }

 private:
  Result<EngineSession> take() {
    std::unique_lock lock(mutex_);
    returned_.wait(lock, [&] { return !closed_ && (!idle_.empty() || made_ < kind_.most); });
    if (!idle_.empty()) {
      auto session = std::move(idle_.back());
      idle_.pop_back();
      return session;
    }
    ++made_;
    lock.unlock();
    auto session = make();
    if (!session) {
      lock.lock();
      --made_;
      returned_.notify_all();
    }
    return session;
  }

  Result<EngineSession> make() {
    auto session = TRY(EngineSession::open(library_, kind_.arguments));
    TRY(session.execute(kind_.settings));
    return session;
  }

  void give_back(EngineSession&& session) {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(session));
    returned_.notify_all();
  }

  const std::shared_ptr<const EngineLibrary> library_;
  const Kind kind_;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<EngineSession> idle_;
  std::size_t made_ = 0;
  bool closed_ = false;
};

// Of the whole engine; read when it opens.
std::vector<std::string> arguments_of(const EmbeddedEngine::Config& config) {
  constexpr std::uint64_t kCache = std::uint64_t{64} << 20;
  return {
      // The engine syncs files by paths below its own, which must not be relative for that.
      fmt::format("--path={}", (std::filesystem::absolute(config.path) / "engine").string()),
      fmt::format("--max_server_memory_usage={}", config.most_memory),
      fmt::format("--background_pool_size={}", config.background_threads),
      "--background_schedule_pool_size=2",
      fmt::format("--mark_cache_size={}", kCache),
      fmt::format("--index_mark_cache_size={}", kCache),
      fmt::format("--primary_index_cache_size={}", kCache),
      fmt::format("--query_condition_cache_size={}", kCache),
  };
}

Sessions::Kind questions_of(const EmbeddedEngine::Config& config) {
  return {arguments_of(config),
          // Beyond a quarter of the memory, groups and sorted rows go to disk. A statement may be
          // as large as a filter with all its addresses makes it.
          fmt::format("SET max_threads = {}, max_memory_usage = {}, "
                      "max_query_size = 67108864, max_ast_elements = 10000000, "
                      "max_expanded_ast_elements = 10000000, max_ast_depth = 100000, "
                      "max_parser_depth = 100000, max_parser_backtracks = 0, "
                      "max_bytes_before_external_group_by = {}, "
                      "max_bytes_before_external_sort = {}",
                      config.question_threads, config.most_memory / 2, config.most_memory / 4,
                      config.most_memory / 4),
          config.questions_at_once};
}

// A block becomes one part: one thread, nothing cut, nothing put off.
Sessions::Kind inserts_of(const EmbeddedEngine::Config& config) {
  static_assert(Engine::kMostRows < 1'048'576);
  return {arguments_of(config),
          "SET max_threads = 1, max_insert_threads = 1, max_block_size = 1048576, "
          "max_insert_block_size = 1048576, min_insert_block_size_rows = 1048576, "
          "min_insert_block_size_bytes = 0, async_insert = 0, optimize_on_insert = 0",
          1};
}

Result<std::string> read_text(std::span<const std::byte> row) {
  ByteReader reader(row);
  const auto length = reader.read_u8();
  const auto text = reader.read_bytes(length);
  if (!reader.ok() || length > 127)
    return failure(ErrorCode::kMalformed, "the engine does not tell its version");
  std::string result;
  for (const auto letter : text) result.push_back(static_cast<char>(letter));
  return result;
}

/// "26.5.1.1" as 26005.
std::uint32_t number_of(std::string_view version) {
  std::uint32_t major = 0;
  std::uint32_t minor = 0;
  const auto* end = version.data() + version.size();
  const auto point = std::from_chars(version.data(), end, major).ptr;
  if (point != end) std::from_chars(point + 1, end, minor);
  return major * 1000 + minor;
}

}  // namespace

class EmbeddedEngine::Implementation {
 public:
  Implementation(const Config& config, FolderLock lock,
                 std::shared_ptr<const EngineLibrary> library)
      : path_(config.path),
        lock_(std::move(lock)),
        questions_(library, questions_of(config)),
        inserts_(library, inserts_of(config)),
        watch_({[this] { return failed_writes(); }, [this] { return reopen(); }}) {}

  Status start() {
    const auto answer = TRY(ask("SELECT version()"));
    version_ = TRY(read_text(answer));
    return {};
  }

  [[nodiscard]] const std::string& version() const { return version_; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  Status execute(std::string_view statement) {
    TRY(watch_.settle());
    return believed(
        questions_.with([&](EngineSession& session) { return session.execute(statement); }));
  }
  /// Of what is stored, not only seen.
  Result<std::vector<std::byte>> ask_stored(std::string_view select) {
    TRY(watch_.settle());
    return ask(select);
  }
  Result<std::vector<std::byte>> ask(std::string_view select) {
    return questions_.with([&](EngineSession& session) { return session.ask(select); });
  }
  Status stream(std::string_view select, std::string_view format, const Sink& sink) {
    // Who reads slowly must not keep the engine from being opened again.
    const Sink while_open = [&](std::span<const std::byte> piece) -> Status {
      if (reopening_)
        return failure(ErrorCode::kUnavailable,
                       "the disk refused a write, and the engine is opened again: ask once more");
      return sink(piece);
    };
    return questions_.with(
        [&](EngineSession& session) { return session.stream(select, format, while_open); });
  }
  Status insert(const Block& block) {
    CHECK(block.rows <= kMostRows && !block.columns.empty());
    TRY(watch_.settle());  // what failed before says nothing of this
    return believed(insert_unproved(block));
  }

 private:
  /// What a statement that wrote came to, when the disk is asked too.
  Status believed(Status status) {
    const auto failed = watch_.settle();
    if (!status || (failed && !*failed)) return status;
    return failure(ErrorCode::kUnclear,
                   fmt::format("{}: the disk refused a write ({})", path_.string(),
                               failed ? "the engine was opened again" : failed.error().message));
  }

  Status insert_unproved(const Block& block) {
    // Nothing is begun that might not fit: it would come to nothing.
    constexpr std::uintmax_t kRoom = std::uintmax_t{32} << 20;
    constexpr std::uintmax_t kRoomPerRow = 256;
    std::error_code error;
    const auto space = std::filesystem::space(path_, error);
    if (!error && space.available < kRoom + block.rows * kRoomPerRow)
      return failure(ErrorCode::kUnavailable,
                     fmt::format("{}: the disk is nearly full, {} bytes are left", path_.string(),
                                 space.available));
    std::string columns;
    for (const auto& column : block.columns) {
      if (!columns.empty()) columns += ", ";
      columns += column.name;
    }
    const auto name = fmt::format("noroshi_{}", next_name_++);
    const auto statement =
        fmt::format("INSERT INTO noroshi.{} ({}) SELECT {} FROM arrowstream('{}')", block.table,
                    columns, columns, name);
    return inserts_.with(
        [&](EngineSession& session) { return session.execute_with(block, name, statement); });
  }

  Result<std::uint64_t> failed_writes() {
    const auto answer =
        TRY(ask("SELECT toUInt64(sum(value)) FROM system.events WHERE event = "
                "'WriteBufferFromFileDescriptorWriteFailed'"));
    ByteReader reader(answer);
    const auto count = reader.read_u64_le();
    if (!reader.ok()) return failure(ErrorCode::kMalformed, "the engine does not count");
    return count;
  }

  /// The engine in this process ends with its last session.
  Status reopen() {
    reopening_ = true;
    inserts_.close();
    questions_.close();
    reopening_ = false;
    questions_.open();
    inserts_.open();
    TRY(ask("SELECT version()"));
    return {};
  }

  const std::filesystem::path path_;
  const FolderLock lock_;  // outlives the sessions
  std::atomic<std::uint64_t> next_name_{0};
  std::string version_;
  std::atomic<bool> reopening_{false};
  Sessions questions_;
  Sessions inserts_;
  WriteWatch watch_;
};

EmbeddedEngine::EmbeddedEngine(std::unique_ptr<Implementation> implementation)
    : implementation_(std::move(implementation)) {}
EmbeddedEngine::~EmbeddedEngine() = default;

Result<std::unique_ptr<EmbeddedEngine>> EmbeddedEngine::open(const Config& config) {
  const auto file = TRY(EngineLibrary::find(config.library));
  auto lock = TRY(FolderLock::take(config.path));
  auto library = TRY(EngineLibrary::load(file));
  auto implementation =
      std::make_unique<Implementation>(config, std::move(lock), std::move(library));
  if (auto started = implementation->start(); !started)
    return tl::unexpected(in_context(config.path.string(), std::move(started).error()));
  return std::unique_ptr<EmbeddedEngine>(new EmbeddedEngine(std::move(implementation)));
}

std::string EmbeddedEngine::describe() const {
  return fmt::format("embedded {} in {}", implementation_->version(),
                     implementation_->path().string());
}
std::uint32_t EmbeddedEngine::version() const { return number_of(implementation_->version()); }
std::string EmbeddedEngine::readable(std::string_view table) const {
  return fmt::format("noroshi.{}", table);
}
std::string EmbeddedEngine::make_readable(std::string_view) const { return {}; }

Status EmbeddedEngine::execute(std::string_view statement) {
  return implementation_->execute(statement);
}
Status EmbeddedEngine::execute_on(std::size_t shard, std::string_view statement) {
  CHECK(shard == 0);
  return implementation_->execute(statement);
}
Result<std::vector<std::byte>> EmbeddedEngine::ask_shard(std::size_t shard,
                                                         std::string_view select) {
  CHECK(shard == 0);
  return implementation_->ask_stored(select);
}
Result<std::vector<std::byte>> EmbeddedEngine::ask(std::string_view select) {
  return implementation_->ask(select);
}
Status EmbeddedEngine::stream(std::string_view select, const Sink& sink) {
  return implementation_->stream(select, "RowBinary", sink);
}
Status EmbeddedEngine::stream_parquet(std::string_view select, const Sink& sink) {
  return implementation_->stream(select, "Parquet", sink);
}
Status EmbeddedEngine::insert(std::size_t shard, const Block& block) {
  CHECK(shard == 0);
  return implementation_->insert(block);
}

}  // namespace noroshi
