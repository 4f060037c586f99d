#include "guard/audit/clear_address.h"

#include <algorithm>

#include "guard/pseudonym/embedded_v4.h"

namespace noroshi {
namespace {

constexpr std::string_view kLetters = "0123456789abcdefABCDEF.:/~";

/// The IPv4 address that an IPv6 address or prefix is another way of writing, of one host.
std::optional<IpAddress> other_spelling(const Prefix& prefix) {
  const auto& address = prefix.address();
  constexpr int kLengthOf6To4 = 48;  // the IPv4 address stands in the first bits (RFC 3056 §2)
  const int needed = address.high() >> 48 == 0x2002 ? kLengthOf6To4 : 128;
  if (address.is_of_v4() || prefix.length() < needed) return std::nullopt;
  const auto v4 = embedded_v4(address.high(), address.low());
  if (!v4) return std::nullopt;
  return IpAddress::from_v4(*v4);
}

bool is_inside(const Prefix& prefix, const std::vector<Prefix>& subscribers) {
  if (prefix.address().is_pseudonym()) return false;
  if (const auto v4 = other_spelling(prefix);
      v4 &&
      std::ranges::any_of(subscribers, [&](const Prefix& range) { return range.contains(*v4); }))
    return true;
  const bool whole = prefix.length() == (prefix.address().is_of_v4() ? 32 : 128);
  return std::ranges::any_of(subscribers, [&](const Prefix& range) {
    return range.contains(prefix.address()) && (whole || prefix.length() > range.length());
  });
}

/// The word itself, and its parts between separators: a port or the end of a sentence behind an
/// address, a name with a colon before it. From each place the longest part that is an address
/// counts: a prefix is not also the address it begins with.
bool names_subscriber(std::string_view word, const std::vector<Prefix>& subscribers) {
  constexpr std::string_view kSeparators = ".:/";
  constexpr std::size_t kLongest = 50;  // of an IPv6 prefix whose end is written as IPv4
  for (std::size_t begin = 0; begin < word.size(); ++begin) {
    const bool starts = begin == 0 || kSeparators.find(word[begin - 1]) != std::string_view::npos;
    if (!starts) continue;
    const auto part = word.substr(begin, kLongest);
    for (auto end = part.size(); end > 0; --end) {
      const bool ends = end == part.size() || kSeparators.find(part[end]) != std::string_view::npos;
      if (!ends) continue;
      const auto prefix = Prefix::parse(part.substr(0, end));
      if (prefix && is_inside(*prefix, subscribers)) return true;
      if (prefix) break;
    }
    if (word.front() == '~') return false;  // all of it is the pseudonym's
  }
  return false;
}

}  // namespace

std::optional<std::string> find_clear_address(std::string_view text,
                                              const std::vector<Prefix>& subscribers) {
  if (subscribers.empty()) return std::nullopt;
  while (true) {
    const auto begin = text.find_first_of(kLetters);
    if (begin == std::string_view::npos) return std::nullopt;
    text.remove_prefix(begin);
    const auto word = text.substr(0, text.find_first_not_of(kLetters));
    text.remove_prefix(word.size());
    // Short of the shortest address ("::1" names no subscriber) and without its separators.
    const bool plausible = word.size() >= 4 && word.find_first_of(".:") != std::string_view::npos;
    if (plausible && names_subscriber(word, subscribers)) return std::string(word);
  }
}

}  // namespace noroshi
