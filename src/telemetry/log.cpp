#include "telemetry/log.h"

#include <fmt/format.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include "base/time.h"

// Door (out): the log. Guard: events and counts; fields are pseudonyms before they come here.

namespace noroshi {
namespace {

std::string_view name_of(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarning:
      return "warning";
    case LogLevel::kError:
      return "error";
  }
  return "";
}

void append_escaped(std::string& out, std::string_view text) {
  for (const char character : text) {
    if (character == '"' || character == '\\') {
      out += '\\';
      out += character;
    } else if (static_cast<unsigned char>(character) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(character));
    } else {
      out += character;
    }
  }
}

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  append_escaped(out, text);
  out += '"';
}

/// A value that a reader can tell from its neighbours without quotes.
bool is_plain(std::string_view text) {
  if (text.empty()) return false;
  for (const char character : text)
    if (character <= ' ' || character == '"' || character == '=' || character == '\\') return false;
  return true;
}

}  // namespace

std::string log_line(LogFormat format, std::string_view time, LogLevel level,
                     std::string_view event, Log::Fields fields, std::uint64_t held_back) {
  std::string line;
  const bool json = format == LogFormat::kJson;
  const auto add = [&](std::string_view name, std::string_view value) {
    if (json) {
      line += line.empty() ? "{" : ",";
      append_quoted(line, name);
      line += ':';
      append_quoted(line, value);
      return;
    }
    line += ' ';
    line += name;
    line += '=';
    if (is_plain(value))
      line += value;
    else
      append_quoted(line, value);
  };
  if (json) {
    add("time", time);
    add("level", name_of(level));
    add("event", event);
  } else {
    line = fmt::format("{} {} ", time, name_of(level));
    append_quoted(line, event);
  }
  for (const auto& [name, value] : fields) add(name, value);
  if (held_back != 0) add("held_back", fmt::format("{}", held_back));
  if (json) line += '}';
  return line;
}

class Log::Sink {
 public:
  Sink() : logger_("noroshi", std::make_shared<spdlog::sinks::stderr_sink_mt>()) {
    logger_.set_pattern("%v");
    logger_.set_level(spdlog::level::trace);
    logger_.flush_on(spdlog::level::trace);
  }
  void write(const std::string& line) { logger_.info(spdlog::string_view_t(line)); }

 private:
  spdlog::logger logger_;
};

Log::Log(LogLevel least, LogFormat format)
    : least_(least), format_(format), sink_(std::make_unique<Sink>()) {}
Log::~Log() = default;

std::uint64_t Log::held_back() const {
  const std::lock_guard lock(mutex_);
  return held_back_;
}

void Log::write(LogLevel level, std::string_view event, Fields fields) {
  if (level < least_) return;
  std::uint64_t held_back = 0;
  {
    const std::lock_guard lock(mutex_);
    auto& rate = rates_[std::string(event)];
    const auto now = std::chrono::steady_clock::now();
    if (rate.written == 0 || now - rate.began >= kInterval) {
      rate.began = now;
      rate.written = 0;
    }
    if (rate.written >= kMostPerInterval) {
      ++rate.held_back;
      ++held_back_;
      return;
    }
    ++rate.written;
    held_back = std::exchange(rate.held_back, 0);
  }
  const auto now =
      std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  sink_->write(log_line(format_, to_rfc3339(now), level, event, fields, held_back));
}

}  // namespace noroshi
