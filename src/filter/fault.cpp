#include "filter/fault.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace noroshi {
namespace {

constexpr std::size_t kColumnsBefore = 40;
constexpr std::size_t kColumnsAfter = 34;
/// No character that is shown takes more bytes than this, combining ones with it aside.
constexpr std::size_t kBytesPerColumn = 4;

struct Character {
  std::size_t position = 0;
  std::size_t length = 1;
  std::string shown;
  std::size_t columns = 1;
};

struct Range {
  char32_t first;
  char32_t last;
};

template <std::size_t size>
bool is_in(const std::array<Range, size>& ranges, char32_t c) {
  return std::ranges::any_of(ranges, [&](Range r) { return r.first <= c && c <= r.last; });
}

std::size_t columns_of(char32_t c) {
  constexpr std::array<Range, 6> kCombining{{{0x0300, 0x036f},
                                             {0x200b, 0x200f},
                                             {0x20d0, 0x20ff},
                                             {0x3099, 0x309a},
                                             {0xfe00, 0xfe0f},
                                             {0xfe20, 0xfe2f}}};
  constexpr std::array<Range, 9> kWide{{{0x1100, 0x115f},
                                        {0x2e80, 0x303e},
                                        {0x3041, 0x33ff},
                                        {0x3400, 0x9fff},
                                        {0xac00, 0xd7a3},
                                        {0xf900, 0xfaff},
                                        {0xff00, 0xff60},
                                        {0x1f300, 0x1faff},
                                        {0x20000, 0x3fffd}}};
  if (is_in(kCombining, c)) return 0;
  return is_in(kWide, c) ? 2 : 1;
}

constexpr bool continues(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

/// The character at `position`; a byte that begins none stands for itself.
Character character_at(std::string_view text, std::size_t position) {
  const auto byte = static_cast<unsigned char>(text[position]);
  const std::size_t length = byte < 0x80             ? 1
                             : (byte & 0xe0) == 0xc0 ? 2
                             : (byte & 0xf0) == 0xe0 ? 3
                             : (byte & 0xf8) == 0xf0 ? 4
                                                     : 0;
  Character character{position, 1, "?", 1};
  if (length == 1) {
    if (byte == '\t') character.shown = " ";
    if (byte >= 0x20 && byte != 0x7f) character.shown = text[position];
    return character;
  }
  if (length == 0 || position + length > text.size()) return character;
  char32_t point = byte & (0x7fU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if (!continues(text[position + i])) return character;
    point = point << 6 | (static_cast<unsigned char>(text[position + i]) & 0x3fU);
  }
  constexpr std::array<char32_t, 5> kLeast{0, 0, 0x80, 0x800, 0x10000};
  // Overlong forms, surrogates, C1 controls and marks of direction are not for a terminal.
  if (point < kLeast[length] || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff) ||
      point < 0xa0 || (point >= 0x202a && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069))
    return character;
  return {position, length, std::string(text.substr(position, length)), columns_of(point)};
}

/// The characters of the line from around `place` on, not more than could be shown.
std::vector<Character> characters_around(std::string_view text, std::size_t begin, std::size_t end,
                                         std::size_t position) {
  const auto before = kBytesPerColumn * kColumnsBefore;
  std::size_t at = position - std::min(position - begin, before);
  while (at > begin && continues(text[at])) --at;
  const auto stop = std::min(end, position + kBytesPerColumn * kColumnsAfter);
  std::vector<Character> characters;
  while (at < stop) {
    characters.push_back(character_at(text.substr(0, end), at));
    at += characters.back().length;
  }
  return characters;
}

}  // namespace

Error fault_in(std::string_view text, FaultPlace place, std::string_view reason, ErrorCode code) {
  const auto position = std::min(place.position, text.size());
  const auto before = text.substr(0, position);
  const auto line_break = before.rfind('\n');
  const auto begin = line_break == std::string_view::npos ? 0 : line_break + 1;
  const auto end = std::min(text.find('\n', position), text.size());

  const auto characters = characters_around(text, begin, end, position);
  // From the fault outwards, as many columns as there is room for.
  std::size_t first = 0;
  while (first < characters.size() && characters[first].position < position) ++first;
  std::size_t last = first;  // one behind the last shown
  for (std::size_t room = kColumnsBefore; first > 0 && characters[first - 1].columns <= room;
       --first)
    room -= characters[first - 1].columns;
  for (std::size_t room = kColumnsAfter;
       last < characters.size() && characters[last].columns <= room; ++last)
    room -= characters[last].columns;

  std::string line = "  ";
  std::string mark = "  ";
  if (first < last && characters[first].position > begin) {
    line += "…";
    mark += " ";
  }
  std::size_t marked = 0;
  for (std::size_t i = first; i < last; ++i) {
    line += characters[i].shown;
    if (characters[i].position < position) {
      mark.append(characters[i].columns, ' ');
    } else if (characters[i].position < position + place.length) {
      marked += characters[i].columns;
    }
  }
  if (last > first && characters[last - 1].position + characters[last - 1].length < end)
    line += "…";
  mark.append(std::max<std::size_t>(marked, 1), '^');

  const auto number = 1 + std::ranges::count(before, '\n');
  const bool several = text.find('\n') != std::string_view::npos;
  return {code, several ? fmt::format("line {}: {}\n{}\n{}", number, reason, line, mark)
                        : fmt::format("{}\n{}\n{}", reason, line, mark)};
}

}  // namespace noroshi
