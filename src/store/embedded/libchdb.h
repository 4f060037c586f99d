#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/engine.h"

namespace noroshi {

/// libchdb, loaded into this process at run time: it is half a gigabyte, and only who opens the
/// history should pay for it. Never unloaded.
class EngineLibrary {
 public:
  /// Where the library is: `configured` when given; else beside this program
  /// (../lib/noroshi/libchdb.so); else where tools/bootstrap.sh put it, in a program run from its
  /// build folder. kNotFound says how to get it; kUnsupported in a build without it.
  [[nodiscard]] static Result<std::filesystem::path> find(const std::filesystem::path& configured);
  [[nodiscard]] static Result<std::shared_ptr<const EngineLibrary>> load(
      const std::filesystem::path& file);

  struct Functions;
  [[nodiscard]] const Functions& functions() const { return *functions_; }

 private:
  explicit EngineLibrary(std::shared_ptr<const Functions> functions)
      : functions_(std::move(functions)) {}
  std::shared_ptr<const Functions> functions_;
};

/// One conversation with the engine in this process; one statement at a time, from one thread at a
/// time. Every session must be closed before the process exits.
class EngineSession {
 public:
  /// `arguments` as clickhouse-local takes them: "--path=…". All sessions that are open at once
  /// must name the same path.
  [[nodiscard]] static Result<EngineSession> open(std::shared_ptr<const EngineLibrary> library,
                                                  const std::vector<std::string>& arguments);
  ~EngineSession();
  EngineSession(EngineSession&&) noexcept;
  EngineSession& operator=(EngineSession&&) = delete;

  Status execute(std::string_view statement);
  /// The answer in RowBinary.
  [[nodiscard]] Result<std::vector<std::byte>> ask(std::string_view select);
  /// The answer in `format`, in pieces.
  Status stream(std::string_view select, std::string_view format, const Engine::Sink& sink);
  /// Runs `statement`, in which arrowstream('`name`') is the rows of `block`. The name must be
  /// unique in the process.
  Status execute_with(const Block& block, const std::string& name, std::string_view statement);

 private:
  struct Connection;
  explicit EngineSession(std::unique_ptr<Connection> connection);
  std::unique_ptr<Connection> connection_;
};

}  // namespace noroshi
