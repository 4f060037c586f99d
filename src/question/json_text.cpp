#include "question/json_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "question/answer_text.h"

namespace noroshi {

void add_json_string(std::string& out, std::string_view name, std::string_view value) {
  out += '"';
  out += name;
  out += "\":\"";
  out += value;
  out += '"';
}

void add_json_value(std::string& out, const Key& key, const KeyValue& value) {
  const auto text = to_string(key, value);
  const bool named = is_address(key.element) || key.element == Element::kProtocol ||
                     key.element == Element::kTcpFlags || key.element == Element::kSourceCountry ||
                     key.element == Element::kDestinationCountry ||
                     key.element == Element::kAnyCountry;
  if (named) return add_json_string(out, to_string(key), text);
  out += '"';
  out += to_string(key);
  out += "\":";
  out += text;
}

void add_json_names(std::string& out, std::string_view name, std::span<const std::string> names) {
  if (names.empty()) return;
  out += fmt::format(",\"{}\":[", name);
  for (const auto& text : names) {
    if (out.back() != '[') out += ',';
    out += '"';
    for (const char c : text) {
      if (static_cast<unsigned char>(c) < 0x20) {
        out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        continue;
      }
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    out += '"';
  }
  out += ']';
}

void add_json_tally(std::string& out, const Tally& tally) {
  bool first = true;
  for (const auto& field : fields_of(tally)) {
    if (!first) out += ',';
    first = false;
    if (!field.is_number && !field.value.empty()) {
      add_json_string(out, field.name, field.value);
      continue;
    }
    out += '"';
    out += field.name;
    out += "\":";
    out += field.value.empty() ? "null" : field.value;
  }
}

}  // namespace noroshi
