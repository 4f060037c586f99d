#include "telemetry/prometheus.h"

#include <fmt/format.h>

namespace noroshi {

void PrometheusText::counter(std::string_view name, std::string_view help, std::uint64_t value,
                             Labels labels) {
  sample(name, help, "counter", labels, fmt::format("{}", value));
}

void PrometheusText::gauge(std::string_view name, std::string_view help, double value,
                           Labels labels) {
  sample(name, help, "gauge", labels, fmt::format("{}", value));
}

void PrometheusText::sample(std::string_view name, std::string_view help, std::string_view type,
                            Labels labels, std::string_view value) {
  if (name != latest_name_) {
    text_ += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
    latest_name_ = name;
  }
  text_ += name;
  char separator = '{';
  for (const auto& [label, content] : labels) {
    text_ += separator;
    text_ += label;
    text_ += "=\"";
    for (const char character : content) {
      if (character == '\n') {
        text_ += "\\n";
        continue;
      }
      if (character == '\\' || character == '"') text_ += '\\';
      text_ += character;
    }
    text_ += '"';
    separator = ',';
  }
  if (separator == ',') text_ += '}';
  text_ += ' ';
  text_ += value;
  text_ += '\n';
}

}  // namespace noroshi
