#include "store/embedded/libchdb.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <utility>

#include "base/check.h"
#include "store/embedded/arrow.h"
#include "store/exception.h"

// libchdb's C functions, as they are exported by version 26.5; its package carries no header.
extern "C" {
struct chdb_connection_;
struct chdb_result;
using chdb_connection = chdb_connection_*;
}

// Door (read): the embedded engine. Guard: pseudonyms before they come here; Granted questions
// alone become SQL.

namespace noroshi {

struct EngineLibrary::Functions {
  chdb_connection* (*connect)(int argc, char** argv);
  void (*close)(chdb_connection* connection);
  void (*set_signal_handlers_enabled)(int enabled);
  chdb_result* (*query)(chdb_connection connection, const char* query, std::size_t query_length,
                        const char* format, std::size_t format_length);
  chdb_result* (*stream_query)(chdb_connection connection, const char* query,
                               std::size_t query_length, const char* format,
                               std::size_t format_length);
  chdb_result* (*stream_fetch)(chdb_connection connection, chdb_result* stream);
  void (*stream_cancel)(chdb_connection connection, chdb_result* stream);
  void (*destroy)(chdb_result* result);
  char* (*buffer)(chdb_result* result);
  std::size_t (*length)(chdb_result* result);
  const char* (*error)(chdb_result* result);
  int (*scan)(chdb_connection connection, const char* name, ArrowSchema* schema, ArrowArray* array);
  int (*unregister)(chdb_connection connection, const char* name);
};

namespace {

[[maybe_unused]] constexpr std::string_view kHowToGetIt =
    "run tools/bootstrap.sh, or give the path of libchdb.so as history.library";

// All that `result` holds, or its error; destroys it.
class Answer {
 public:
  Answer(const EngineLibrary::Functions& functions, chdb_result* result)
      : functions_(functions), result_(result) {}
  ~Answer() {
    if (result_ != nullptr) functions_.destroy(result_);
  }
  Answer(const Answer&) = delete;
  Answer& operator=(const Answer&) = delete;

  [[nodiscard]] Status status() const {
    if (result_ == nullptr) return failure(ErrorCode::kUnclear, "the engine gave no answer");
    const char* message = functions_.error(result_);
    if (message != nullptr) return tl::unexpected(error_of_exception(message));
    return {};
  }
  [[nodiscard]] std::span<const std::byte> bytes() const {
    const char* data = functions_.buffer(result_);
    if (data == nullptr) return {};
    return std::as_bytes(std::span(data, functions_.length(result_)));
  }
  [[nodiscard]] chdb_result* get() const { return result_; }

 private:
  const EngineLibrary::Functions& functions_;
  chdb_result* result_;
};

}  // namespace

Result<std::filesystem::path> EngineLibrary::find(const std::filesystem::path& configured) {
#if NOROSHI_EMBEDDED
  std::error_code ignored;
  const auto there = [&](const std::filesystem::path& path) {
    return std::filesystem::is_regular_file(path, ignored);
  };
  if (!configured.empty()) {
    if (there(configured)) return configured;
    return failure(ErrorCode::kNotFound,
                   fmt::format("the engine is not at {}: {}", configured.string(), kHowToGetIt));
  }
  const auto program = std::filesystem::read_symlink("/proc/self/exe", ignored);
  const auto installed = program.parent_path().parent_path() / "lib/noroshi/libchdb.so";
  if (there(installed)) return installed;
  const std::filesystem::path bootstrapped = NOROSHI_ENGINE_LIBRARY;
  if (there(bootstrapped)) return bootstrapped;
  return failure(ErrorCode::kNotFound,
                 fmt::format("the engine is neither at {} nor at {}: {}", installed.string(),
                             bootstrapped.string(), kHowToGetIt));
#else
  (void)configured;
  return failure(ErrorCode::kUnsupported,
                 "this build has no embedded engine (NOROSHI_EMBEDDED=OFF): use a cluster");
#endif
}

Result<std::shared_ptr<const EngineLibrary>> EngineLibrary::load(
    const std::filesystem::path& file) {
  // RTLD_NODELETE: its threads and static objects do not outlive an unloading.
  void* library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (library == nullptr)
    return failure(ErrorCode::kUnsupported,
                   fmt::format("{}: cannot be loaded: {}", file.string(), dlerror()));
  std::string missing;
  const auto take = [&]<typename Function>(Function*& function, const char* name) {
    function = reinterpret_cast<Function*>(dlsym(library, name));
    if (function == nullptr) missing = name;
  };
  auto functions = std::make_shared<Functions>();
  take(functions->connect, "chdb_connect");
  take(functions->close, "chdb_close_conn");
  take(functions->set_signal_handlers_enabled, "chdb_set_signal_handlers_enabled");
  take(functions->query, "chdb_query_n");
  take(functions->stream_query, "chdb_stream_query_n");
  take(functions->stream_fetch, "chdb_stream_fetch_result");
  take(functions->stream_cancel, "chdb_stream_cancel_query");
  take(functions->destroy, "chdb_destroy_query_result");
  take(functions->buffer, "chdb_result_buffer");
  take(functions->length, "chdb_result_length");
  take(functions->error, "chdb_result_error");
  take(functions->scan, "chdb_arrow_array_scan");
  take(functions->unregister, "chdb_arrow_unregister_table");
  if (!missing.empty())
    return failure(
        ErrorCode::kUnsupported,
        fmt::format("{}: has no {}: take the version that tools/bootstrap.sh installs (26.5)",
                    file.string(), missing));
  // Signals are the program's: SIGTERM must stop it in good order.
  functions->set_signal_handlers_enabled(0);
  return std::shared_ptr<const EngineLibrary>(new EngineLibrary(std::move(functions)));
}

struct EngineSession::Connection {
  std::shared_ptr<const EngineLibrary> library;
  chdb_connection* handle;

  Connection(std::shared_ptr<const EngineLibrary> loaded, chdb_connection* opened)
      : library(std::move(loaded)), handle(opened) {}
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() { library->functions().close(handle); }
};

EngineSession::EngineSession(std::unique_ptr<Connection> connection)
    : connection_(std::move(connection)) {}
EngineSession::~EngineSession() = default;
EngineSession::EngineSession(EngineSession&&) noexcept = default;

Result<EngineSession> EngineSession::open(std::shared_ptr<const EngineLibrary> library,
                                          const std::vector<std::string>& arguments) {
  std::vector<std::string> owned = {"clickhouse"};
  owned.insert(owned.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (auto& argument : owned) pointers.push_back(argument.data());
  auto* handle = library->functions().connect(static_cast<int>(pointers.size()), pointers.data());
  if (handle == nullptr || *handle == nullptr)
    return failure(ErrorCode::kIo, "the engine does not open; its own words stand above");
  return EngineSession(std::make_unique<Connection>(std::move(library), handle));
}

Status EngineSession::execute(std::string_view statement) {
  const auto& functions = connection_->library->functions();
  return Answer(functions, functions.query(*connection_->handle, statement.data(), statement.size(),
                                           "Null", 4))
      .status();
}

Result<std::vector<std::byte>> EngineSession::ask(std::string_view select) {
  const auto& functions = connection_->library->functions();
  const Answer answer(functions, functions.query(*connection_->handle, select.data(), select.size(),
                                                 "RowBinary", 9));
  TRY(answer.status());
  const auto bytes = answer.bytes();
  return std::vector<std::byte>(bytes.begin(), bytes.end());
}

Status EngineSession::stream(std::string_view select, std::string_view format,
                             const Engine::Sink& sink) {
  const auto& functions = connection_->library->functions();
  const Answer stream(functions,
                      functions.stream_query(*connection_->handle, select.data(), select.size(),
                                             format.data(), format.size()));
  TRY(stream.status());
  for (;;) {
    const Answer piece(functions, functions.stream_fetch(*connection_->handle, stream.get()));
    TRY(piece.status());
    const auto bytes = piece.bytes();
    if (bytes.empty()) return {};
    if (auto taken = sink(bytes); !taken) {
      functions.stream_cancel(*connection_->handle, stream.get());
      return taken;
    }
  }
}

Status EngineSession::execute_with(const Block& block, const std::string& name,
                                   std::string_view statement) {
  const auto& functions = connection_->library->functions();
  ArrowBlock arrow(block);
  if (functions.scan(*connection_->handle, name.c_str(), arrow.schema(), arrow.array()) != 0)
    return failure(ErrorCode::kUnavailable, "the engine did not take the rows");
  auto status = execute(statement);
  (void)functions.unregister(*connection_->handle, name.c_str());
  return status;
}

}  // namespace noroshi
