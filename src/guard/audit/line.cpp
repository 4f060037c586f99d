#include "guard/audit/line.h"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <iterator>

#include "base/utf8.h"

namespace noroshi {
namespace {

void append_text(std::string& line, std::string_view text) {
  line += '"';
  while (!text.empty()) {
    const auto length = utf8_length(text);
    const char first = text.front();
    if (length == 0) {
      line += "\xef\xbf\xbd";
      text.remove_prefix(1);
      continue;
    }
    if (length == 1 && static_cast<unsigned char>(first) < 0x20) {
      fmt::format_to(std::back_inserter(line), "\\u{:04x}", static_cast<unsigned>(first));
    } else {
      if (first == '"' || first == '\\') line += '\\';
      line += text.substr(0, length);
    }
    text.remove_prefix(length);
  }
  line += '"';
}

void append_member(std::string& line, std::string_view name, std::string_view text) {
  line += ",\"";
  line += name;
  line += "\":";
  append_text(line, text);
}

void append_stated(std::string& line, std::string_view name, std::string_view text) {
  if (!text.empty()) append_member(line, name, text);
}

/// Reads along a line; every step says whether the line goes on as it must.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool literal(std::string_view expected) {
    if (!rest_.starts_with(expected)) return false;
    rest_.remove_prefix(expected.size());
    return true;
  }
  /// Without leading zeros.
  [[nodiscard]] bool number(std::uint64_t& value) {
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    const auto length = static_cast<std::size_t>(end - rest_.data());
    if (error != std::errc() || (rest_.front() == '0' && length > 1)) return false;
    rest_.remove_prefix(length);
    return true;
  }
  /// A text behind its opening quote, up to and with the closing one.
  [[nodiscard]] bool text(std::string_view& spelt) {
    for (std::size_t i = 0; i < rest_.size(); ++i) {
      const auto character = static_cast<unsigned char>(rest_[i]);
      if (character == '"') {
        spelt = rest_.substr(0, i);
        rest_.remove_prefix(i + 1);
        return true;
      }
      if (character < 0x20) return false;
      if (character != '\\' && character < 0x80) continue;
      const auto rest = rest_.substr(i);
      const auto length = character == '\\' ? escape_length(rest) : utf8_length(rest);
      if (length == 0) return false;
      i += length - 1;
    }
    return false;
  }
  /// `,"name":"…"` or nothing.
  [[nodiscard]] bool stated(std::string_view opening, std::string_view& spelt) {
    return !literal(opening) || (text(spelt) && !spelt.empty());
  }
  [[nodiscard]] bool time(Timestamp& time);
  [[nodiscard]] bool digest(Digest& digest) {
    const auto read = Digest::from_hex(rest_.substr(0, 64));
    if (!read) return false;
    digest = *read;
    rest_.remove_prefix(64);
    return true;
  }
  [[nodiscard]] std::string_view rest() const { return rest_; }

 private:
  static std::size_t escape_length(std::string_view text) {
    if (text.size() < 2) return 0;
    if (text[1] == '"' || text[1] == '\\') return 2;
    if (text.size() < 6 || !text.starts_with("\\u00") || (text[4] != '0' && text[4] != '1'))
      return 0;
    const bool digit = (text[5] >= '0' && text[5] <= '9') || (text[5] >= 'a' && text[5] <= 'f');
    return digit ? 6 : 0;
  }

  std::string_view rest_;
};

/// "2026-11-22T00:00:00.123Z", as to_rfc3339() writes it.
bool Scanner::time(Timestamp& time) {
  constexpr std::string_view kForm = "dddd-dd-ddTdd:dd:dd.dddZ";
  if (rest_.size() < kForm.size()) return false;
  for (std::size_t i = 0; i < kForm.size(); ++i) {
    const bool digit = rest_[i] >= '0' && rest_[i] <= '9';
    if (kForm[i] == 'd' ? !digit : rest_[i] != kForm[i]) return false;
  }
  const auto part = [&](std::size_t at, std::size_t length) {
    int value = 0;
    for (std::size_t i = at; i < at + length; ++i) value = value * 10 + (rest_[i] - '0');
    return value;
  };
  const std::chrono::year_month_day date(std::chrono::year(part(0, 4)),
                                         std::chrono::month(static_cast<unsigned>(part(5, 2))),
                                         std::chrono::day(static_cast<unsigned>(part(8, 2))));
  if (!date.ok() || part(11, 2) > 23 || part(14, 2) > 59 || part(17, 2) > 59) return false;
  time = std::chrono::sys_days(date) + std::chrono::hours(part(11, 2)) +
         std::chrono::minutes(part(14, 2)) + std::chrono::seconds(part(17, 2)) +
         std::chrono::milliseconds(part(20, 3));
  rest_.remove_prefix(kForm.size());
  return true;
}

/// One `"name":"value"` of the details.
bool scan_detail(Scanner& scanner, std::string_view& name, std::string_view& value) {
  return scanner.literal("\"") && scanner.text(name) && scanner.literal(":\"") &&
         scanner.text(value);
}

/// The details behind `"details":{`, up to and with the closing brace.
bool scan_details(Scanner& scanner, std::string_view& details) {
  const auto whole = scanner.rest();
  do {
    std::string_view name;
    std::string_view value;
    if (!scan_detail(scanner, name, value)) return false;
  } while (scanner.literal(","));
  details = whole.substr(0, whole.size() - scanner.rest().size());
  return scanner.literal("}");
}

}  // namespace

std::string audit_line(const RecordedEntry& recorded) {
  const auto& entry = recorded.entry;
  std::string line = fmt::format("{{\"sequence\":{},\"time\":\"{}\"", recorded.sequence,
                                 to_rfc3339(recorded.moment.time));
  append_member(line, "node", recorded.node);
  append_member(line, "boot", recorded.moment.boot);
  fmt::format_to(std::back_inserter(line), ",\"uptime\":{},\"previous\":\"{}\"",
                 recorded.moment.uptime_milliseconds, recorded.previous.to_hex());
  append_member(line, "kind", entry.kind);
  append_stated(line, "who", entry.who);
  append_stated(line, "purpose", entry.purpose);
  append_stated(line, "grant", entry.grant);
  append_stated(line, "case", entry.case_id);
  append_stated(line, "what", entry.what);
  if (entry.rows) fmt::format_to(std::back_inserter(line), ",\"rows\":{}", *entry.rows);
  append_stated(line, "result", entry.result);
  if (!entry.details.empty()) {
    line += ",\"details\":{";
    for (const auto& [name, value] : entry.details) {
      if (line.back() != '{') line += ',';
      append_text(line, name);
      line += ':';
      append_text(line, value);
    }
    line += '}';
  }
  line += "}\n";
  return line;
}

std::optional<AuditLine> scan_audit_line(std::string_view text) {
  AuditLine line;
  Scanner scanner(text);
  const bool head = scanner.literal("{\"sequence\":") && scanner.number(line.sequence) &&
                    scanner.literal(",\"time\":\"") && scanner.time(line.time) &&
                    scanner.literal("\",\"node\":\"") && scanner.text(line.node) &&
                    scanner.literal(",\"boot\":\"") && scanner.text(line.boot) &&
                    scanner.literal(",\"uptime\":") && scanner.number(line.uptime_milliseconds) &&
                    scanner.literal(",\"previous\":\"") && scanner.digest(line.previous) &&
                    scanner.literal("\",\"kind\":\"") && scanner.text(line.kind);
  if (!head || !scanner.stated(",\"who\":\"", line.who) ||
      !scanner.stated(",\"purpose\":\"", line.purpose) ||
      !scanner.stated(",\"grant\":\"", line.grant) ||
      !scanner.stated(",\"case\":\"", line.case_id) || !scanner.stated(",\"what\":\"", line.what))
    return std::nullopt;
  if (scanner.literal(",\"rows\":")) {
    std::uint64_t rows = 0;
    if (!scanner.number(rows)) return std::nullopt;
    line.rows = rows;
  }
  if (!scanner.stated(",\"result\":\"", line.result)) return std::nullopt;
  if (scanner.literal(",\"details\":{") && !scan_details(scanner, line.details))
    return std::nullopt;
  if (!scanner.literal("}") || !scanner.rest().empty()) return std::nullopt;
  return line;
}

std::string plain_audit_text(std::string_view spelt) {
  std::string text;
  text.reserve(spelt.size());
  for (std::size_t i = 0; i < spelt.size(); ++i) {
    if (spelt[i] != '\\' || i + 1 >= spelt.size()) {
      text += spelt[i];
      continue;
    }
    ++i;
    if (spelt[i] != 'u' || i + 4 >= spelt.size()) {
      text += spelt[i];
      continue;
    }
    unsigned value = 0;
    std::from_chars(spelt.data() + i + 1, spelt.data() + i + 5, value, 16);
    text += static_cast<char>(value);
    i += 4;
  }
  return text;
}

Result<RecordedEntry> read_audit_line(std::string_view text) {
  const auto line = scan_audit_line(text);
  if (!line) return failure(ErrorCode::kMalformed, "not an entry of the audit");
  RecordedEntry recorded;
  recorded.sequence = line->sequence;
  recorded.moment = {line->time, plain_audit_text(line->boot), line->uptime_milliseconds};
  recorded.node = plain_audit_text(line->node);
  recorded.previous = line->previous;
  auto& entry = recorded.entry;
  entry.kind = plain_audit_text(line->kind);
  entry.who = plain_audit_text(line->who);
  entry.purpose = plain_audit_text(line->purpose);
  entry.grant = plain_audit_text(line->grant);
  entry.case_id = plain_audit_text(line->case_id);
  entry.what = plain_audit_text(line->what);
  entry.rows = line->rows;
  entry.result = plain_audit_text(line->result);
  Scanner details(line->details);
  std::string_view name;
  std::string_view value;
  while (!details.rest().empty() && scan_detail(details, name, value)) {
    entry.details.emplace_back(plain_audit_text(name), plain_audit_text(value));
    if (!details.literal(",")) break;
  }
  return recorded;
}

std::string audit_detail(const AuditLine& line, std::string_view name) {
  Scanner details(line.details);
  std::string_view found;
  std::string_view value;
  while (!details.rest().empty() && scan_detail(details, found, value)) {
    if (plain_audit_text(found) == name) return plain_audit_text(value);
    if (!details.literal(",")) break;
  }
  return {};
}

}  // namespace noroshi
