#include "progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

// Door (out): progress, to a terminal. Guard: counts alone.

namespace noroshi {
namespace {

constexpr std::chrono::milliseconds kPatience{500};
constexpr std::chrono::milliseconds kInterval{150};
constexpr std::string_view kEraseLine = "\r\x1b[K";

void print(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stderr); }

}  // namespace

Progress::Progress() : enabled_(::isatty(STDERR_FILENO) == 1), due_(Clock::now() + kPatience) {}

bool Progress::is_due() {
  if (!enabled_) return false;
  const auto now = Clock::now();
  if (now < due_) return false;
  due_ = now + kInterval;
  shown_ = true;
  return true;
}

void Progress::show(std::string_view work, double share) {
  if (is_due()) print(fmt::format("{}{}: {:3.0f} %", kEraseLine, work, share * 100));
}

void Progress::show(std::string_view path, const Recording& recording) {
  if (!is_due()) return;
  constexpr double kMebibyte = 1 << 20;
  const auto consumed = static_cast<double>(recording.consumed());
  const auto total = static_cast<double>(recording.total());
  const auto flows = recording.statistics().decode.flows;
  const auto share =
      total > 0 ? fmt::format("{:3.0f} % of {:.0f} MiB", consumed / total * 100, total / kMebibyte)
                : fmt::format("{:.0f} MiB", consumed / kMebibyte);
  print(fmt::format("{}{}: {}, {} flows", kEraseLine, path, share, flows));
}

void Progress::erase() {
  if (shown_) print(kEraseLine);
  shown_ = false;
}

}  // namespace noroshi
