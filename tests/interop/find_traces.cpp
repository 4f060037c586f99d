// Searches standard input for hundreds of patterns at once, for tests/harness/traces.py.
//
//   find_traces PATTERNS
//
// PATTERNS has two words of hexadecimal digits a line: a pattern of four octets or more, and what
// must not stand right before it (or "-"). Writes the numbers of the lines whose pattern stands in
// the input, from 0.

#include <fmt/format.h>

#include <cstdint>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace noroshi {
namespace {

struct Trace {
  std::string pattern;
  std::string unless;
  bool found = false;

  [[nodiscard]] bool stands_at(std::string_view content, std::size_t at) const {
    if (content.compare(at, pattern.size(), pattern) != 0) return false;
    return unless.empty() || at < unless.size() ||
           content.compare(at - unless.size(), unless.size(), unless) != 0;
  }
};

constexpr std::size_t kKeySize = sizeof(std::uint32_t);

std::uint32_t key_at(const char* at) {
  std::uint32_t key;
  std::memcpy(&key, at, kKeySize);
  return key;
}

std::string from_hexadecimal(std::string_view digits) {
  std::string octets;
  for (std::size_t at = 0; at + 1 < digits.size(); at += 2)
    octets += static_cast<char>(std::stoi(std::string(digits.substr(at, 2)), nullptr, 16));
  return octets;
}

/// Traces by four octets of theirs: those least alike, for what begins with zeros would be looked
/// at wherever there are zeros. A bit map says of most places in one look that none stands there.
class TraceIndex {
 public:
  explicit TraceIndex(std::vector<Trace>& traces) : begins_(kBits) {
    for (auto& trace : traces) {
      const auto offset = telling_offset(trace.pattern);
      const auto key = key_at(trace.pattern.data() + offset);
      by_key_[key].push_back({&trace, offset});
      begins_[bit_of(key)] = true;
    }
  }

  void search(std::string_view content) {
    for (std::size_t at = 0; at + kKeySize <= content.size(); ++at) {
      const auto key = key_at(content.data() + at);
      if (!begins_[bit_of(key)]) continue;
      const auto same = by_key_.find(key);
      if (same == by_key_.end()) continue;
      for (const auto& [trace, offset] : same->second)
        if (!trace->found && offset <= at) trace->found = trace->stands_at(content, at - offset);
    }
  }

 private:
  static constexpr std::size_t kBits = std::size_t{1} << 20;
  static std::size_t bit_of(std::uint32_t key) { return (key * 2'654'435'761U) >> 12; }

  static std::size_t telling_offset(std::string_view pattern) {
    std::size_t best = 0;
    std::size_t most = 0;
    for (std::size_t at = 0; at + kKeySize <= pattern.size(); ++at) {
      std::set<char> octets(pattern.begin() + at, pattern.begin() + at + kKeySize);
      octets.erase('\0');
      if (octets.size() <= most) continue;
      best = at;
      most = octets.size();
    }
    return best;
  }

  struct Place {
    Trace* trace;
    std::size_t offset;  ///< of the four octets in the pattern
  };
  std::vector<bool> begins_;
  std::unordered_map<std::uint32_t, std::vector<Place>> by_key_;
};

int run(const char* patterns) {
  std::ifstream file(patterns);
  std::vector<Trace> traces;
  for (std::string pattern, unless; file >> pattern >> unless;) {
    traces.push_back({from_hexadecimal(pattern), from_hexadecimal(unless == "-" ? "" : unless)});
    if (traces.back().pattern.size() < kKeySize) {
      fmt::print(stderr, "{}:{}: shorter than four octets\n", patterns, traces.size());
      return 1;
    }
  }
  std::ios::sync_with_stdio(false);
  const std::string content(std::istreambuf_iterator<char>(std::cin), {});
  TraceIndex(traces).search(content);
  for (std::size_t number = 0; number < traces.size(); ++number)
    if (traces[number].found) fmt::print("{}\n", number);
  return 0;
}

}  // namespace
}  // namespace noroshi

int main(int count, char** words) {
  if (count != 2) {
    fmt::print(stderr, "find_traces PATTERNS\n");
    return 2;
  }
  return noroshi::run(words[1]);
}
