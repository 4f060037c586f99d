// Brings numbered flows into a history and asks for them, driven by test_cluster.py and
// test_kill.py: the delivery alone, without sockets and decoders before it.
//
//   delivery_driver ingest KEY=VALUE...   takes flows `from` … and prints, each on its line as it
//                                         happens, "acknowledged FIRST END" and "failed WHY"; at
//                                         the end waits for the spool and prints "end JSON"
//   delivery_driver count KEY=VALUE...    reads lines "FIRST END" and prints as JSON how many rows
//                                         there are, how many differ, and how many of those ranges
//                                         are missing
//   delivery_driver answers KEY=VALUE...  prints the answers to some questions, one a line
//
// Where: embedded=FOLDER, or shards=URL,URL with cluster=NAME user=NAME password_file=FILE.
// How (ingest): spool=FOLDER spool_bytes=N flows=N from=N rows=N (taken at once) pause=MS (between)
// patience=MS (for an acknowledgement) queue_rows=N insert_within=MS drain=SECONDS.

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <map>
#include <string>
#include <thread>

#include "base/byte_reader.h"
#include "base/check.h"
#include "filter/parse.h"
#include "guard/guard_for_test.h"
#include "store/cluster/cluster_engine.h"
#include "store/embedded/embedded_engine.h"
#include "store/history.h"
#include "store/spool.h"
#include "store/writer.h"

namespace noroshi {
namespace {

using Options = std::map<std::string, std::string>;

std::uint64_t number(const Options& options, const std::string& key, std::uint64_t otherwise) {
  const auto found = options.find(key);
  return found == options.end() ? otherwise : std::stoull(found->second);
}

std::string text(const Options& options, const std::string& key) {
  const auto found = options.find(key);
  return found == options.end() ? std::string() : found->second;
}

template <typename T>
T must(Result<T> result) {
  if (!result) {
    fmt::print(stderr, "{}\n", result.error().message);
    std::exit(1);
  }
  return std::move(*result);
}

std::unique_ptr<Engine> open_engine(const Options& options) {
  if (options.contains("embedded")) {
    EmbeddedEngine::Config config;
    config.path = text(options, "embedded");
    return must(EmbeddedEngine::open(config));
  }
  ClusterEngine::Config config{.cluster = text(options, "cluster"),
                               .user = text(options, "user"),
                               .password_file = text(options, "password_file")};
  config.insert_within = std::chrono::milliseconds(number(options, "insert_within", 30'000));
  const auto urls = text(options, "shards");
  for (std::size_t begin = 0; begin < urls.size();) {
    const auto end = std::min(urls.find(',', begin), urls.size());
    config.shards.push_back({urls.substr(begin, end - begin)});
    begin = end + 1;
  }
  return must(ClusterEngine::open(std::move(config)));
}

std::unique_ptr<History> open_history(const Options& options) {
  return must(History::open(open_engine(options)));
}

/// Flows [first, end), each told from all others by its byte count, and by address, port and time.
FlowBatch numbered(std::uint64_t first, std::uint64_t end) {
  constexpr std::uint64_t kHour = 3'600'000;
  constexpr std::uint64_t kStart = 487'000 * kHour;
  const auto count = end - first;
  FlowBatch flows(count);
  flows.append(count);
  for (std::uint64_t row = 0; row < count; ++row) {
    const auto at = first + row;
    flows.mutable_last()[row] = kStart + at / 100'000 % 3 * kHour + at % kHour;
    flows.mutable_first()[row] = flows.last()[row] - at % 5000;
    flows.mutable_received()[row] = flows.last()[row] + 20;
    flows.mutable_bytes()[row] = at;
    flows.mutable_packets()[row] = 1 + at % 10;
    flows.mutable_source_address()[row] = IpAddress::from_v4(static_cast<std::uint32_t>(at));
    flows.mutable_destination_address()[row] =
        IpAddress::from_v4(static_cast<std::uint32_t>(0xc6336400 + at % 256));
    flows.mutable_source_port()[row] = static_cast<std::uint16_t>(at);
    flows.mutable_destination_port()[row] = static_cast<std::uint16_t>(at % 7 * 111);
    flows.mutable_protocol()[row] = at % 3 == 0 ? 17 : 6;
    flows.mutable_sampling_rate()[row] = static_cast<std::uint32_t>(at % 4);
  }
  return flows;
}

void say(const std::string& line) {
  std::puts(line.c_str());
  std::fflush(stdout);
}

void ingest(const Options& options) {
  const auto history = open_history(options);
  const auto spool = must(Spool::open({
      .folder = text(options, "spool"),
      .most_bytes = number(options, "spool_bytes", std::uint64_t{1} << 30),
  }));
  HistoryWriter::Config config;
  config.queue_rows = number(options, "queue_rows", config.queue_rows);
  HistoryWriter writer(config, {*history, *spool});
  writer.start();
  say("ready");
  const auto from = number(options, "from", 0);
  const auto flows = number(options, "flows", 1'000'000);
  const auto rows = number(options, "rows", 5000);
  const auto pause = std::chrono::milliseconds(number(options, "pause", 0));
  const auto patience = std::chrono::milliseconds(number(options, "patience", 10'000));
  for (std::uint64_t first = from; first < from + flows; first += rows) {
    const auto end = std::min(first + rows, from + flows);
    writer.take(numbered(first, end));
    const auto flushed = writer.flush(patience);
    say(flushed ? fmt::format("acknowledged {} {}", first, end)
                : fmt::format("failed {}", flushed.error().message));
    std::this_thread::sleep_for(pause);
  }
  const auto by =
      std::chrono::steady_clock::now() + std::chrono::seconds(number(options, "drain", 60));
  while (spool->next(0) && std::chrono::steady_clock::now() < by)
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  writer.stop();
  const auto now = writer.statistics();
  say(fmt::format(
      R"(end {{"taken":{},"acknowledged":{},"inserted":{},"spooled":{},"drained":{},"lost":{},)"
      R"("waiting":{},"torn":{},"found":{},"partly":{},"refused":{},"unclear":{},"doubled":{}}})",
      now.taken, now.acknowledged, now.inserted, now.spooled, now.drained, now.lost,
      now.spool.flows, now.spool.torn, now.batches_found, now.batches_partly, now.batches_refused,
      now.delivery.unclear, now.delivery.doubled));
  if (!now.last_error.empty()) fmt::print(stderr, "last error: {}\n", now.last_error);
}

std::vector<std::uint64_t> numbers_of(Engine& engine, const std::string& select) {
  const auto answer = must(engine.ask(select));
  std::vector<std::uint64_t> numbers;
  for (ByteReader reader(answer); !reader.at_end();) numbers.push_back(reader.read_u64_le());
  return numbers;
}

void count(const Options& options) {
  auto opened = open_engine(options);
  auto& engine = *opened;
  const auto history = must(History::open(std::move(opened)));
  const auto table = engine.readable("flows");
  const auto all =
      numbers_of(engine, fmt::format("SELECT toUInt64(count()), toUInt64(uniqExact(source_address, "
                                     "source_port, last)), toUInt64(uniqExact(bytes)) FROM {}",
                                     table));
  CHECK(all.size() == 3);
  std::uint64_t missing = 0;
  std::uint64_t wanted = 0;
  for (std::uint64_t first = 0, end = 0; std::cin >> first >> end; wanted += end - first)
    missing += end - first -
               numbers_of(engine,
                          fmt::format("SELECT toUInt64(uniqExact(bytes)) FROM {} WHERE bytes >= {} "
                                      "AND bytes < {}",
                                      table, first, end))
                   .front();
  say(fmt::format(R"({{"rows":{},"distinct":{},"numbers":{},"wanted":{},"missing":{}}})", all[0],
                  all[1], all[2], wanted, missing));
}

constexpr std::array kFilters{"any", "proto udp", "dst port 222 and packets > 3",
                              "src net 0.0.0.0/16 or dst ip 198.51.100.7",
                              "bytes > 1k and not proto tcp"};
constexpr std::array kOrders{Order::kFlows, Order::kBytes, Order::kPacketsPerSecond};

Condition condition_of(const char* filter) { return must(parse_filter(filter, {}, Timestamp{})); }

std::string line_of(const Tally& tally) {
  return fmt::format(" {} {} {} {} {} {:.6g}", tally.flows, tally.packets, tally.bytes, tally.first,
                     tally.last, tally.estimated_bytes);
}

void answer_groups(History& history) {
  for_test::GuardForTest guard;
  std::size_t asked = 0;
  for (const char* filter : kFilters)
    for (const char* keys :
         {"", "srcip", "dstip", "ip", "dstport", "proto,dstport", "srcip4/24", "sampling"}) {
      GroupQuestion question;
      question.filter = condition_of(filter);
      if (*keys != '\0') question.keys = must(parse_keys(keys));
      question.order = kOrders[asked++ % kOrders.size()];
      question.limit = 12;
      const auto answer = must(history.ask(guard.grant(question)));
      std::string line = fmt::format("{} | {} | {}: {} groups, total{}", filter, keys,
                                     name_of(question.order), answer.groups, line_of(answer.total));
      for (const auto& row : answer.rows) {
        line += ';';
        for (std::size_t at = 0; at < row.key.size(); ++at)
          line += fmt::format(" {}", to_string(question.keys[at], row.key[at]));
        line += line_of(row.tally);
      }
      say(line);
    }
}

void answer_series(History& history) {
  for_test::GuardForTest guard;
  std::size_t asked = 0;
  for (const char* filter : kFilters)
    for (const char* split : {"", "dstport", "srcip4/24"}) {
      SeriesQuestion question;
      question.filter = condition_of(filter);
      question.step = asked % 2 == 0 ? 60'000 : 3'600'000;
      if (*split != '\0') question.split = must(parse_keys(split)).front();
      question.order = kOrders[asked++ % kOrders.size()];
      question.limit = 3;
      const auto answer = must(history.ask(guard.grant(question)));
      std::string line = fmt::format("series {} | {} | {}: {} groups, total{}", filter, split,
                                     question.step, answer.groups, line_of(answer.total));
      for (const auto& row : answer.rows) {
        line += fmt::format("; {}", std::get<std::uint64_t>(row.key.front()));
        if (row.key.size() > 1) line += fmt::format(" {}", to_string(*question.split, row.key[1]));
        line += line_of(row.tally);
      }
      say(line);
    }
}

void answer_rows(History& history) {
  for_test::GuardForTest guard;
  for (const char* filter : kFilters)
    for (const auto limit : {std::uint64_t{0}, std::uint64_t{7}}) {
      RowsQuestion question;
      question.filter = condition_of(filter);
      question.limit = limit;
      std::uint64_t rows = 0;
      std::uint64_t mixed = 0;  // of every row and its place
      std::string line;
      const auto take = [&](const FlowBatch& batch) -> Status {
        for (std::size_t at = 0; at < batch.size(); ++at) {
          const auto text = fmt::format("{} {} {} {} {} {} {}", batch.first()[at], batch.last()[at],
                                        batch.bytes()[at], batch.source_address()[at].to_string(),
                                        batch.destination_address()[at].to_string(),
                                        batch.source_port()[at], batch.sampling_rate()[at]);
          for (const char letter : text)
            mixed = (mixed ^ static_cast<unsigned char>(letter)) * 1'099'511'628'211ULL;
          if (rows++ < 7) line += fmt::format("; {}", text);
        }
        return {};
      };
      if (const auto read = history.read(guard.grant(question), take); !read) {
        fmt::print(stderr, "{}\n", read.error().message);
        std::exit(1);
      }
      say(fmt::format("rows {} | {}: {} rows, {:016x}{}", filter, limit, rows, mixed, line));
    }
}

void answers(const Options& options) {
  const auto history = open_history(options);
  answer_groups(*history);
  answer_series(*history);
  answer_rows(*history);
}

}  // namespace
}  // namespace noroshi

int main(int argc, char** argv) {
  noroshi::Options options;
  for (int at = 2; at < argc; ++at) {
    const std::string argument(argv[at]);
    const auto equals = argument.find('=');
    CHECK(equals != std::string::npos);
    options[argument.substr(0, equals)] = argument.substr(equals + 1);
  }
  const std::string command = argc > 1 ? argv[1] : "";
  if (command == "ingest")
    noroshi::ingest(options);
  else if (command == "count")
    noroshi::count(options);
  else if (command == "answers")
    noroshi::answers(options);
  else
    return 2;
  return 0;
}
