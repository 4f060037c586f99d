#include "document/html.h"

#include <fmt/format.h>

#include <string_view>

namespace noroshi {
namespace {

constexpr std::string_view kStyle = R"(
:root { color-scheme: light; }
body { font-family: "Noto Sans CJK JP", "Noto Sans JP", "Hiragino Sans", "Yu Gothic", sans-serif;
  font-size: 10pt; line-height: 1.55; color: #1a1a1a; background: #fff; max-width: 180mm;
  margin: 12mm auto; padding: 0 6mm; }
h1 { font-size: 17pt; margin: 0; line-height: 1.3; }
.subtitle { color: #444; margin: 1mm 0 6mm; }
h2 { font-size: 12pt; margin: 7mm 0 2mm; padding-bottom: 1mm; border-bottom: 0.4mm solid #1a1a1a;
  break-after: avoid; }
p { margin: 1.5mm 0; white-space: pre-line; }
p.warning { border-left: 1mm solid #b00020; padding-left: 2.5mm; color: #8a0018; }
table { border-collapse: collapse; width: 100%; margin: 2mm 0 3mm; font-size: 9pt; }
th, td { text-align: left; vertical-align: top; padding: 1mm 1.5mm; border-bottom: 0.1mm solid #999;
  overflow-wrap: anywhere; white-space: pre-line; }
thead th { border-bottom: 0.3mm solid #444; font-weight: 600; }
tr { break-inside: avoid; }
table.facts th { width: 42mm; font-weight: 600; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.signatures { display: flex; flex-wrap: wrap; gap: 8mm; margin-top: 14mm; break-inside: avoid; }
.signature { flex: 1 1 70mm; border-top: 0.2mm solid #1a1a1a; padding-top: 1mm; margin-top: 16mm; }
footer { margin-top: 10mm; color: #555; font-size: 8pt; overflow-wrap: anywhere; }
@page { size: A4; margin: 16mm 15mm; }
@media print { body { margin: 0; padding: 0; max-width: none; } }
)";

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

/// The same in a cell.
std::string cell(std::string_view tag, std::string_view attributes, std::string_view text) {
  return fmt::format("<{}{}>{}</{}>", tag, attributes, escaped(text), tag);
}

class Writer {
 public:
  explicit Writer(const Document& document) : document_(document) {}

  std::string write() {
    const bool japanese = document_.language == Language::kJapanese;
    text_ = fmt::format(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
        "style-src 'unsafe-inline'\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n<h1>{}</h1>\n"
        "<p class=\"subtitle\">{}</p>\n",
        japanese ? "ja" : "en", escaped(document_.title), kStyle, escaped(document_.title),
        escaped(document_.subtitle));
    for (const auto& section : document_.sections) {
      text_ += fmt::format("<section>\n<h2>{}</h2>\n", escaped(section.heading));
      for (const auto& block : section.blocks)
        std::visit([this](const auto& each) { add(each); }, block);
      text_ += "</section>\n";
    }
    if (!document_.signatures.empty()) {
      text_ += "<div class=\"signatures\">\n";
      for (const auto& who : document_.signatures)
        text_ += fmt::format("<div class=\"signature\">{}</div>\n", escaped(who));
      text_ += "</div>\n";
    }
    text_ += fmt::format("<footer>{}</footer>\n</body>\n</html>\n", escaped(document_.footer));
    return std::move(text_);
  }

 private:
  void add(const Document::Paragraph& paragraph) {
    text_ += cell("p", paragraph.warning ? " class=\"warning\"" : "", paragraph.text) + "\n";
  }
  void add(const Document::Facts& facts) {
    text_ += "<table class=\"facts\"><tbody>\n";
    for (const auto& [name, said] : facts.facts)
      text_ += "<tr>" + cell("th", " scope=\"row\"", name) + cell("td", "", said) + "</tr>\n";
    text_ += "</tbody></table>\n";
  }
  void add(const Document::Table& table) {
    const auto number = [&](std::size_t column) {
      return table.columns[column].number ? " class=\"number\"" : "";
    };
    text_ += "<table><thead><tr>";
    for (std::size_t i = 0; i < table.columns.size(); ++i)
      text_ += cell("th", fmt::format(" scope=\"col\"{}", number(i)), table.columns[i].heading);
    text_ += "</tr></thead><tbody>\n";
    for (const auto& row : table.rows) {
      text_ += "<tr>";
      for (std::size_t i = 0; i < row.size(); ++i) text_ += cell("td", number(i), row[i]);
      text_ += "</tr>\n";
    }
    text_ += "</tbody></table>\n";
  }

  const Document& document_;
  std::string text_;
};

}  // namespace

std::string to_html(const Document& document) { return Writer(document).write(); }

}  // namespace noroshi
