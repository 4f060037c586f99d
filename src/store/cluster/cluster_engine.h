#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/engine.h"

namespace noroshi {

/// ClickHouse servers over HTTP(S), from 18.16 to current releases: one or more shards, each with
/// its own local tables, and a Distributed table over them for reading.
///
/// Safe to use from several threads; connections are kept open.
class ClusterEngine final : public Engine {
 public:
  struct Config {
    /// As in the servers' own `remote_servers`: letters, digits, '_', '-', '.'.
    std::string cluster = "noroshi";
    /// For each shard where it is reached ("http://10.0.0.1:8123"); the first that answers is used.
    /// Several URLs of one shard must lead to the same data.
    std::vector<std::vector<std::string>> shards{};
    std::string user = "default";
    std::string password_file{};  ///< its first line; empty: no password
    std::string ca_file{};        ///< for https; empty: the system's
    std::chrono::milliseconds connect_within{3000};
    std::chrono::milliseconds insert_within{30'000};
    std::chrono::milliseconds shard_within{10'000};       ///< ask_shard()
    std::chrono::seconds question_within{60};             ///< ask(), and stream() without any bytes
    std::uint64_t most_memory = std::uint64_t{4} << 30;   ///< of one question, on a server
    std::size_t longest_answer = std::size_t{256} << 20;  ///< of ask(), here
    bool gzip = true;                                     ///< the rows on their way
  };
  /// Asks every shard its version and whether it knows the same cluster. kPermission where one
  /// refuses user or password, kUnsupported where it is older than 18.16, kInvalidArgument where
  /// the configuration does not fit. A shard that is away is asked when it is first used, which
  /// gives kUnavailable until it is back.
  [[nodiscard]] static Result<std::unique_ptr<ClusterEngine>> open(Config config);
  ~ClusterEngine() override;

  [[nodiscard]] std::string describe() const override;
  [[nodiscard]] std::uint32_t version() const override;
  [[nodiscard]] std::size_t shards() const override;
  [[nodiscard]] bool is_shared() const override { return true; }
  [[nodiscard]] std::string readable(std::string_view table) const override;
  [[nodiscard]] std::string make_readable(std::string_view table) const override;
  Status execute(std::string_view statement) override;
  Status execute_on(std::size_t shard, std::string_view statement) override;
  [[nodiscard]] Result<std::vector<std::byte>> ask_shard(std::size_t shard,
                                                         std::string_view select) override;
  [[nodiscard]] Result<std::vector<std::byte>> ask(std::string_view select) override;
  Status stream(std::string_view select, const Sink& sink) override;
  Status insert(std::size_t shard, const Block& block) override;

 private:
  class Implementation;
  explicit ClusterEngine(std::unique_ptr<Implementation> implementation);
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace noroshi
