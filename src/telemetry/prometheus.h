#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace noroshi {

/// Writes metrics in the Prometheus text exposition format 0.0.4. Components keep their own
/// counters and hand out snapshots; this only renders them, so there is no registry.
///
/// Samples of one metric must be added one after another; HELP and TYPE are written once before the
/// first. Label values may hold any bytes and are escaped. Not thread-safe.
class PrometheusText {
 public:
  using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  /// `name` ends in "_total" by convention; `help` is one line.
  void counter(std::string_view name, std::string_view help, std::uint64_t value,
               Labels labels = {});
  void gauge(std::string_view name, std::string_view help, double value, Labels labels = {});

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  void sample(std::string_view name, std::string_view help, std::string_view type, Labels labels,
              std::string_view value);

  std::string text_;
  std::string latest_name_;
};

}  // namespace noroshi
