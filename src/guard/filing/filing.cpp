#include "guard/filing/filing.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "filter/moment.h"
#include "toml/toml_table.h"

namespace noroshi {
namespace {

constexpr std::int64_t kMostCount = std::numeric_limits<std::int32_t>::max();

std::string answer(TomlTable& table, std::string_view key) {
  auto text = table.text(key, "");
  if (text.size() > kMostFilingText)
    table.refuse(key, fmt::format("longer than {} octets", kMostFilingText));
  return text;
}

std::optional<Timestamp> moment(TomlTable& table, std::string_view key) {
  const auto text = table.text(key, "");
  if (text.empty()) return std::nullopt;
  return table.accepted<std::optional<Timestamp>>(key, parse_filing_moment(text), std::nullopt);
}

std::optional<std::uint32_t> count(TomlTable& table, std::string_view key) {
  if (!table.has(key)) return std::nullopt;
  return static_cast<std::uint32_t>(table.integer(key, 0, 1, kMostCount));
}

/// A TOML 1.0.0 basic string.
std::string toml_string(std::string_view text) {
  std::string result = "\"";
  for (const char octet : text) {
    if (octet == '"' || octet == '\\') {
      result += '\\';
      result += octet;
    } else if (octet == '\n') {
      result += "\\n";
    } else if (const auto code = static_cast<unsigned char>(octet); code < 0x20 || code == 0x7f) {
      result += fmt::format("\\u{:04x}", code);
    } else {
      result += octet;
    }
  }
  return result + '"';
}

std::string line(std::string_view key, std::string_view text) {
  return fmt::format("{} = {}\n", key, toml_string(text));
}

}  // namespace

std::string_view name_of(Filing::Mode mode) {
  return mode == Filing::Mode::kTrial ? "trial" : "operation";
}

Result<Filing::Mode> parse_filing_mode(std::string_view word) {
  for (const auto mode : {Filing::Mode::kTrial, Filing::Mode::kOperation})
    if (word == name_of(mode)) return mode;
  return failure(ErrorCode::kInvalidArgument,
                 fmt::format("'{}' is neither trial nor operation", word));
}

Result<Timestamp> parse_filing_moment(std::string_view text) {
  const bool absolute = !text.empty() && text.front() >= '0' && text.front() <= '9';
  const auto found = absolute ? parse_filter_moment(text, Timestamp()) : std::nullopt;
  if (!found)
    return failure(
        ErrorCode::kInvalidArgument,
        fmt::format("'{}' is not a moment; write 2026-12-01 or 2026-12-01T09:00+09:00", text));
  return from_unix_milliseconds(*found);
}

Result<Filing> parse_filing(std::string_view text, const std::string& name) {
  if (text.size() > kMostFilingOctets)
    return failure(ErrorCode::kLimit,
                   fmt::format("{}: larger than {} octets", name, kMostFilingOctets));
  const auto file = TRY(TomlFile::parse(text, name));
  auto root = file.root();
  Filing filing;
  filing.purpose = answer(root, "purpose");
  filing.purpose_in_words = answer(root, "purpose_in_words");
  filing.necessity = answer(root, "necessity");
  filing.means = answer(root, "means");
  filing.checking = answer(root, "checking");
  filing.stop_criteria = root.texts("stop_criteria", {});
  if (filing.stop_criteria.size() > kMostFilingCriteria)
    root.refuse("stop_criteria", fmt::format("more than {}", kMostFilingCriteria));
  if (std::ranges::any_of(filing.stop_criteria,
                          [](const auto& one) { return one.size() > kMostFilingText; }))
    root.refuse("stop_criteria", fmt::format("longer than {} octets", kMostFilingText));
  filing.responsible = answer(root, "responsible");
  if (const auto mode = root.text("mode", ""); !mode.empty())
    filing.mode =
        root.accepted<std::optional<Filing::Mode>>("mode", parse_filing_mode(mode), std::nullopt);
  filing.from = moment(root, "from");
  filing.until = moment(root, "until");
  auto stop = root.table("stop_when");
  filing.stop_when.most_reveals_a_day = count(stop, "most_reveals_a_day");
  filing.stop_when.unused_days = count(stop, "unused_days");
  filing.stop_when.most_flows_a_second = count(stop, "most_flows_a_second");
  TRY(file.finish());
  return filing;
}

std::string print_filing(const Filing& filing) {
  auto text = line("purpose", filing.purpose);
  text += line("purpose_in_words", filing.purpose_in_words);
  text += line("necessity", filing.necessity);
  text += line("means", filing.means);
  text += line("checking", filing.checking);
  text += "stop_criteria = [";
  for (const auto& criterion : filing.stop_criteria) text += "\n  " + toml_string(criterion) + ',';
  text += filing.stop_criteria.empty() ? "]\n" : "\n]\n";
  text += line("responsible", filing.responsible);
  text += line("mode", filing.mode ? name_of(*filing.mode) : "");
  text += line("from", filing.from ? to_rfc3339(*filing.from) : "");
  text += line("until", filing.until ? to_rfc3339(*filing.until) : "");
  text += "\n[stop_when]\n";
  const auto& stop = filing.stop_when;
  if (stop.most_reveals_a_day)
    text += fmt::format("most_reveals_a_day = {}\n", *stop.most_reveals_a_day);
  if (stop.unused_days) text += fmt::format("unused_days = {}\n", *stop.unused_days);
  if (stop.most_flows_a_second)
    text += fmt::format("most_flows_a_second = {}\n", *stop.most_flows_a_second);
  return text;
}

}  // namespace noroshi
