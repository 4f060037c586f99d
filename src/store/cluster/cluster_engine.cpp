#include "store/cluster/cluster_engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <deque>
#include <fstream>
#include <limits>
#include <optional>
#include <utility>

#include "base/byte_reader.h"
#include "base/check.h"
#include "store/cluster/answer_tail.h"
#include "store/cluster/gzip.h"
#include "store/cluster/native_block.h"
#include "store/cluster/shard_client.h"
#include "store/exception.h"
#include "store/sql/statement.h"

// Door (in): the password of the cluster. Guard: a file of the operator's; never logged.

namespace noroshi {
namespace {

constexpr std::uint32_t kOldestVersion = 18'016;
constexpr std::uint32_t kAsyncInsertSince = 21'011;
/// Beyond the server's own limit, so that its error and not our time-out ends a question.
constexpr std::chrono::seconds kGrace{10};

Status ignore(std::span<const std::byte>) { return {}; }

std::span<const std::byte> as_bytes(std::string_view text) {
  return std::as_bytes(std::span(text));
}

Error refusal(std::string_view url, const ShardClient::Answer& answer) {
  auto error = error_of_exception(answer.refusal);
  if (answer.status == 401 || answer.status == 403) error.code = ErrorCode::kPermission;
  return in_context(fmt::format("{} ({})", url, answer.status), std::move(error));
}

bool is_cluster_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') || letter == '_' || letter == '-' || letter == '.';
  });
}

Result<std::string> first_line_of(const std::string& path) {
  if (path.empty()) return std::string();
  std::ifstream file(path);
  std::string line;
  if (!file || !std::getline(file, line))
    return failure(ErrorCode::kNotFound, fmt::format("{}: cannot be read", path));
  return line;
}

/// "18.16.1" as 18016.
std::optional<std::uint32_t> parse_version(std::string_view text) {
  std::uint32_t major = 0;
  std::uint32_t minor = 0;
  const auto* end = text.data() + text.size();
  const auto [point, bad_major] = std::from_chars(text.data(), end, major);
  if (bad_major != std::errc() || point == end || *point != '.') return std::nullopt;
  const auto [rest, bad_minor] = std::from_chars(point + 1, end, minor);
  if (bad_minor != std::errc() || minor > 999 || major > 9999) return std::nullopt;
  return major * 1000 + minor;
}

/// What the batches of a table are told apart by, where it has that column.
std::optional<std::uint64_t> batch_of(const Block& block) {
  for (const auto& column : block.columns)
    if (column.name == "batch" && column.type == StoredType::kUInt64 && block.rows > 0)
      return load_little_endian<std::uint64_t>(column.values);
  return std::nullopt;
}

}  // namespace

class ClusterEngine::Implementation {
 public:
  Implementation(Config config, std::string password);

  /// Every shard that is not away is admitted.
  Status check();
  /// Asks a shard that has not been asked yet whether it is one of ours.
  Status admit(std::size_t shard);
  [[nodiscard]] const Config& config() const { return config_; }
  [[nodiscard]] std::uint32_t version() const;

  Status execute(std::size_t shard, std::string_view statement);
  /// `within` bounds all of it; 0: as long as bytes move.
  Status stream(std::size_t shard, std::string_view select, std::chrono::milliseconds within,
                const Sink& sink);
  Result<std::vector<std::byte>> collect(std::size_t shard, std::string_view select,
                                         std::chrono::milliseconds within);
  Status insert(std::size_t shard, const Block& block);

 private:
  struct Shard {
    std::vector<std::string> urls;
    std::atomic<std::size_t> current = 0;
    /// The last insert had no clear answer: what is asked next must reach the same server.
    std::atomic<bool> pinned = false;
    std::atomic<std::uint32_t> version = 0;  // 0: not admitted yet
  };

  /// Sends to the first URL of a shard that answers, beginning with the one that last did. Any
  /// other answer than 200 is an error.
  Status send(std::size_t shard, ShardClient::Request request, const Sink& sink);

  const Config config_;
  ShardClient http_;
  std::deque<Shard> shards_;
};

ClusterEngine::Implementation::Implementation(Config config, std::string password)
    : config_(std::move(config)),
      http_({.user = config_.user,
             .password = std::move(password),
             .ca_file = config_.ca_file,
             .connect_within = config_.connect_within}) {
  for (const auto& urls : config_.shards) {
    auto& shard = shards_.emplace_back();
    for (const auto& url : urls) shard.urls.push_back(url.ends_with('/') ? url : url + '/');
  }
}

Status ClusterEngine::Implementation::send(std::size_t shard, ShardClient::Request request,
                                           const Sink& sink) {
  CHECK(shard < shards_.size());
  auto& target = shards_[shard];
  const auto first = target.current.load();
  const auto tries = target.pinned ? 1 : target.urls.size();
  std::string reasons;
  for (std::size_t step = 0; step < tries; ++step) {
    const auto at = (first + step) % target.urls.size();
    request.url = target.urls[at];
    const auto answer = http_.post(request, sink);
    if (!answer && answer.error().code == ErrorCode::kUnavailable) {
      reasons += (reasons.empty() ? "" : "; ") + answer.error().message;
      continue;
    }
    target.current = at;
    if (!answer) return tl::unexpected(answer.error());
    if (answer->status != 200) return tl::unexpected(refusal(request.url, *answer));
    return {};
  }
  return failure(ErrorCode::kUnavailable, std::move(reasons));
}

Status ClusterEngine::Implementation::execute(std::size_t shard, std::string_view statement) {
  ShardClient::Request request;
  request.body = as_bytes(statement);
  request.within = config_.question_within + kGrace;
  return send(shard, std::move(request), ignore);
}

Status ClusterEngine::Implementation::stream(std::size_t shard, std::string_view select,
                                             std::chrono::milliseconds within, const Sink& sink) {
  ShardClient::Request request;
  request.parameters = {
      {"default_format", "RowBinary"},
      {"max_execution_time", std::to_string(config_.question_within.count())},
      {"max_memory_usage", std::to_string(config_.most_memory)},
      // A statement may be as large as a filter with all its addresses makes it.
      {"max_query_size", "67108864"},
      {"max_ast_depth", "100000"},
      {"max_ast_elements", "10000000"},
      {"max_expanded_ast_elements", "10000000"},
  };
  request.body = as_bytes(select);
  request.within = within;
  request.silent_for = config_.question_within + kGrace;
  AnswerTail tail(sink);
  TRY(send(shard, std::move(request), [&](auto bytes) { return tail.take(bytes); }));
  return tail.end();
}

Result<std::vector<std::byte>> ClusterEngine::Implementation::collect(
    std::size_t shard, std::string_view select, std::chrono::milliseconds within) {
  std::vector<std::byte> collected;
  TRY(stream(shard, select, within, [&](std::span<const std::byte> bytes) -> Status {
    if (collected.size() + bytes.size() > config_.longest_answer)
      return failure(ErrorCode::kLimit, fmt::format("an answer longer than {} bytes: ask for less",
                                                    config_.longest_answer));
    collected.insert(collected.end(), bytes.begin(), bytes.end());
    return {};
  }));
  shards_[shard].pinned = false;
  return collected;
}

Status ClusterEngine::Implementation::insert(std::size_t shard, const Block& block) {
  CHECK(block.rows <= kMostRows);
  auto body = encode_native(block);
  if (config_.gzip) body = gzip(body);
  ShardClient::Request request;
  request.parameters.emplace_back("query", insert_statement(block));
  // While an insert of that batch is still running, the server refuses a second one.
  if (const auto batch = batch_of(block))
    request.parameters.emplace_back("query_id",
                                    fmt::format("noroshi-{}-{:016x}", block.table, *batch));
  // A profile of the user may say otherwise; an answer would then not mean that the rows are there.
  if (shards_[shard].version >= kAsyncInsertSince)
    request.parameters.emplace_back("async_insert", "0");
  request.body = body;
  request.gzipped = config_.gzip;
  request.once = true;
  request.within = config_.insert_within;
  auto sent = send(shard, std::move(request), ignore);
  if (!sent && sent.error().code == ErrorCode::kUnclear) shards_[shard].pinned = true;
  return sent;
}

Status ClusterEngine::Implementation::admit(std::size_t shard) {
  auto& admitted = shards_[shard];
  if (admitted.version != 0) return {};
  const auto answer = TRY(collect(shard, "SELECT version()", config_.shard_within));
  // A String in RowBinary: its length, in one byte as versions are short, then itself.
  const std::string_view text(reinterpret_cast<const char*>(answer.data()), answer.size());
  const auto version = parse_version(text.substr(std::min<std::size_t>(1, text.size())));
  if (!version)
    return failure(ErrorCode::kMalformed,
                   fmt::format("{}: no ClickHouse server", admitted.urls.front()));
  if (*version < kOldestVersion)
    return failure(ErrorCode::kUnsupported,
                   fmt::format("{}: ClickHouse {} is too old, 18.16 is needed",
                               admitted.urls.front(), text.substr(1)));

  Statement known;
  known << "SELECT toUInt64(uniqExact(shard_num)) FROM system.clusters WHERE cluster = "
        << as_bytes(config_.cluster);
  const auto counted = TRY(collect(shard, known.text(), config_.shard_within));
  if (const auto count = ByteReader(counted).read_u64_le(); count != shards_.size())
    return failure(ErrorCode::kInvalidArgument,
                   fmt::format("{}: its remote_servers name {} shards in cluster '{}', and the "
                               "configuration here {}",
                               admitted.urls.front(), count, config_.cluster, shards_.size()));
  admitted.version = *version;
  return {};
}

Status ClusterEngine::Implementation::check() {
  for (std::size_t shard = 0; shard < shards_.size(); ++shard)
    if (auto admitted = admit(shard); !admitted && admitted.error().code != ErrorCode::kUnavailable)
      return admitted;
  return {};
}

std::uint32_t ClusterEngine::Implementation::version() const {
  auto oldest = std::numeric_limits<std::uint32_t>::max();
  for (const auto& shard : shards_)
    if (const std::uint32_t version = shard.version; version != 0)
      oldest = std::min(oldest, version);
  // What the oldest understands, all do.
  return oldest == std::numeric_limits<std::uint32_t>::max() ? kOldestVersion : oldest;
}

Result<std::unique_ptr<ClusterEngine>> ClusterEngine::open(Config config) {
  if (!is_cluster_name(config.cluster))
    return failure(ErrorCode::kInvalidArgument,
                   fmt::format("'{}' is no name of a cluster: letters, digits, '_', '-' and '.'",
                               config.cluster));
  const auto is_empty = [](const auto& urls) { return urls.empty(); };
  if (config.shards.empty() || std::any_of(config.shards.begin(), config.shards.end(), is_empty))
    return failure(ErrorCode::kInvalidArgument, "a cluster needs shards, and each of them a URL");
  for (const auto& urls : config.shards)
    for (const auto& url : urls)
      if (!url.starts_with("http://") && !url.starts_with("https://"))
        return failure(ErrorCode::kInvalidArgument,
                       fmt::format("'{}': a shard is reached over http:// or https://", url));
  auto password = TRY(first_line_of(config.password_file));
  auto implementation = std::make_unique<Implementation>(std::move(config), std::move(password));
  TRY(implementation->check());
  return std::unique_ptr<ClusterEngine>(new ClusterEngine(std::move(implementation)));
}

ClusterEngine::ClusterEngine(std::unique_ptr<Implementation> implementation)
    : implementation_(std::move(implementation)) {}
ClusterEngine::~ClusterEngine() = default;

std::string ClusterEngine::describe() const {
  std::string urls;
  for (const auto& shard : implementation_->config().shards)
    urls += (urls.empty() ? "" : ", ") + fmt::format("{}", fmt::join(shard, " or "));
  return fmt::format("cluster of {} shard{}: {}", shards(), shards() == 1 ? "" : "s", urls);
}

std::uint32_t ClusterEngine::version() const { return implementation_->version(); }

std::size_t ClusterEngine::shards() const { return implementation_->config().shards.size(); }

std::string ClusterEngine::readable(std::string_view table) const {
  return fmt::format("noroshi.{}_everywhere", table);
}

std::string ClusterEngine::make_readable(std::string_view table) const {
  return fmt::format(
      "CREATE TABLE IF NOT EXISTS noroshi.{0}_everywhere AS noroshi.{0} "
      "ENGINE = Distributed('{1}', 'noroshi', '{0}')",
      table, implementation_->config().cluster);
}

Status ClusterEngine::execute(std::string_view statement) {
  for (std::size_t shard = 0; shard < shards(); ++shard) TRY(execute_on(shard, statement));
  return {};
}

Status ClusterEngine::execute_on(std::size_t shard, std::string_view statement) {
  TRY(implementation_->admit(shard));
  return implementation_->execute(shard, statement);
}

Result<std::vector<std::byte>> ClusterEngine::ask_shard(std::size_t shard,
                                                        std::string_view select) {
  TRY(implementation_->admit(shard));
  return implementation_->collect(shard, select, implementation_->config().shard_within);
}

Result<std::vector<std::byte>> ClusterEngine::ask(std::string_view select) {
  // Any shard can ask all the others: the first that is reached says what there is to say.
  const auto within = implementation_->config().question_within + kGrace;
  auto answer = implementation_->collect(0, select, within);
  for (std::size_t shard = 1; shard < shards(); ++shard) {
    if (answer || answer.error().code != ErrorCode::kUnavailable) break;
    answer = implementation_->collect(shard, select, within);
  }
  return answer;
}

Status ClusterEngine::stream(std::string_view select, const Sink& sink) {
  bool begun = false;
  const Sink noting = [&](std::span<const std::byte> bytes) {
    begun = true;
    return sink(bytes);
  };
  auto status = implementation_->stream(0, select, {}, noting);
  for (std::size_t shard = 1; shard < shards(); ++shard) {
    if (status || begun || status.error().code != ErrorCode::kUnavailable) break;
    status = implementation_->stream(shard, select, {}, noting);
  }
  return status;
}

Status ClusterEngine::insert(std::size_t shard, const Block& block) {
  TRY(implementation_->admit(shard));
  return implementation_->insert(shard, block);
}

}  // namespace noroshi
