#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/engine.h"

namespace noroshi {

/// ClickHouse in this process (libchdb), in a folder of its own.
///
/// One process has a folder open at a time: a second is refused with kPermission and told which
/// process it is. One folder is open in a process at a time.
class EmbeddedEngine final : public Engine {
 public:
  struct Config {
    std::filesystem::path path;     ///< made when missing
    std::filesystem::path library;  ///< libchdb.so; empty: see EngineLibrary::find
    std::uint64_t most_memory = std::uint64_t{2} << 30;  ///< bytes, all statements together
    std::uint32_t question_threads = 2;                  ///< of one question
    std::uint32_t questions_at_once = 4;                 ///< further ones wait
    std::uint32_t background_threads = 2;                ///< merging of parts
  };

  [[nodiscard]] static Result<std::unique_ptr<EmbeddedEngine>> open(const Config& config);
  /// No statement may be running.
  ~EmbeddedEngine() override;

  [[nodiscard]] std::string describe() const override;
  [[nodiscard]] std::uint32_t version() const override;
  [[nodiscard]] std::size_t shards() const override { return 1; }
  [[nodiscard]] bool is_shared() const override { return false; }
  [[nodiscard]] std::string readable(std::string_view table) const override;
  [[nodiscard]] std::string make_readable(std::string_view table) const override;
  Status execute(std::string_view statement) override;
  Status execute_on(std::size_t shard, std::string_view statement) override;
  [[nodiscard]] Result<std::vector<std::byte>> ask_shard(std::size_t shard,
                                                         std::string_view select) override;
  [[nodiscard]] Result<std::vector<std::byte>> ask(std::string_view select) override;
  Status stream(std::string_view select, const Sink& sink) override;
  Status insert(std::size_t shard, const Block& block) override;
  Status stream_parquet(std::string_view select, const Sink& sink) override;

 private:
  class Implementation;
  explicit EmbeddedEngine(std::unique_ptr<Implementation> implementation);
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace noroshi
