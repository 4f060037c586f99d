#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace noroshi {

enum class LogLevel : std::uint8_t { kDebug, kInfo, kWarning, kError };
enum class LogFormat : std::uint8_t {
  kText,  ///< 2026-11-22T00:00:00.123Z info "exporter seen" exporter=192.0.2.1
  kJson,  ///< one object a line: time, level, event, and the fields as texts
};

/// Events for operators, one line each on standard error: a constant lowercase phrase and fields.
///
/// The same event is written at most kMostPerInterval times in kInterval; how often it was held
/// back stands in the first line after (`held_back`). Never log per packet, never a subscriber's
/// address. Thread-safe.
class Log {
 public:
  using Fields = std::initializer_list<std::pair<std::string_view, std::string>>;

  explicit Log(LogLevel least = LogLevel::kInfo, LogFormat format = LogFormat::kText);
  ~Log();

  void debug(std::string_view event, Fields fields = {}) { write(LogLevel::kDebug, event, fields); }
  void info(std::string_view event, Fields fields = {}) { write(LogLevel::kInfo, event, fields); }
  void warn(std::string_view event, Fields fields = {}) {
    write(LogLevel::kWarning, event, fields);
  }
  void error(std::string_view event, Fields fields = {}) { write(LogLevel::kError, event, fields); }

  /// Lines held back since the start.
  [[nodiscard]] std::uint64_t held_back() const;

  static constexpr std::uint32_t kMostPerInterval = 10;
  static constexpr std::chrono::seconds kInterval{60};

 private:
  struct Rate {
    std::chrono::steady_clock::time_point began;
    std::uint32_t written = 0;
    std::uint64_t held_back = 0;
  };
  class Sink;

  void write(LogLevel level, std::string_view event, Fields fields);

  LogLevel least_;
  LogFormat format_;
  std::unique_ptr<Sink> sink_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Rate> rates_;  // by event: constants, so few
  std::uint64_t held_back_ = 0;
};

/// One line of a log, without its end: what Log writes.
[[nodiscard]] std::string log_line(LogFormat format, std::string_view time, LogLevel level,
                                   std::string_view event, Log::Fields fields,
                                   std::uint64_t held_back);

}  // namespace noroshi
