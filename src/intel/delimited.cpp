#include "intel/delimited.h"

namespace noroshi {
namespace {

void trim(std::string& text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string::npos) {
    text.clear();
    return;
  }
  text.erase(text.find_last_not_of(" \t\r") + 1);
  text.erase(0, first);
}

}  // namespace

std::vector<std::string> fields_of(std::string_view line) {
  std::vector<std::string> fields;
  std::string field;
  bool quoted = false, was_quoted = false;
  const auto end_field = [&] {
    if (!was_quoted) trim(field);
    fields.push_back(std::move(field));
    field.clear();
    was_quoted = false;
  };
  for (std::size_t index = 0; index < line.size(); ++index) {
    const char letter = line[index];
    if (quoted) {
      if (letter != '"') {
        field += letter;
      } else if (index + 1 < line.size() && line[index + 1] == '"') {
        field += letter;
        ++index;
      } else {
        quoted = false;
      }
    } else if (letter == '"' && field.find_first_not_of(" \t") == std::string::npos) {
      field.clear();
      quoted = was_quoted = true;
    } else if (letter == ',') {
      end_field();
    } else if (!was_quoted) {
      field += letter;
    }
  }
  end_field();
  return fields;
}

}  // namespace noroshi
