#include "filter/values.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>

#include "filter/letters.h"
#include "filter/moment.h"
#include "filter/nearest.h"
#include "filter/protocol_names.h"

namespace noroshi {
namespace {

constexpr Values::Name kEvents[] = {{"invalid", 0}, {"add", 1},  {"create", 1}, {"delete", 2},
                                    {"term", 2},    {"deny", 3}, {"alert", 4},  {"update", 5}};
constexpr Values::Name kKinds[] = {{"unidirectional", 0}, {"bidirectional", 1}, {"event", 2}};

bool looks_like_number(std::string_view text) { return !text.empty() && is_digit(text.front()); }

/// A host name rather than an address that was mistyped.
bool looks_like_host_name(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return to_lower(c) > 'f' && to_lower(c) <= 'z'; });
}

/// Nothing, or the factor of a number's last letter.
std::uint64_t factor_of(char letter) {
  switch (to_lower(letter)) {
    case 'k':
      return 1'000;
    case 'm':
      return 1'000'000;
    case 'g':
      return 1'000'000'000;
    case 't':
      return 1'000'000'000'000;
    default:
      return 0;
  }
}

template <typename Map>
std::vector<std::string_view> keys_of(const Map& map) {
  std::vector<std::string_view> keys;
  for (const auto& [key, unused] : map) keys.push_back(key);
  return keys;
}

Prefix only(const IpAddress& address) { return *Prefix::parse(address.to_string()); }

}  // namespace

tl::unexpected<Error> Values::wrong(const Token& token, std::string_view reason) const {
  return tl::unexpected<Error>(fault_in(tokens_.text(), {token.position, token.length}, reason));
}

tl::unexpected<Error> Values::expected(const Token& token, std::string_view what) const {
  if (token.kind == Token::Kind::kEnd)
    return wrong(token, fmt::format("expected {}, but the filter ends here", what));
  return wrong(token, fmt::format("expected {}", what));
}

Status Values::take_room(const Token& token, std::size_t count) {
  if (count > kMostFilterValues - values_)
    return tl::unexpected<Error>(
        fault_in(tokens_.text(), {token.position, token.length},
                 fmt::format("more than {} values and ranges in all lists and tags of the filter",
                             kMostFilterValues),
                 ErrorCode::kLimit));
  values_ += count;
  return {};
}

Result<std::uint64_t> Values::read_number(std::string_view what, std::uint64_t highest) {
  const Token token = tokens_.take();
  const auto wanted = highest == UINT64_MAX ? fmt::format("{}: a whole number", what)
                                            : fmt::format("{}: 0 to {}", what, highest);
  if (token.kind != Token::Kind::kWord || !looks_like_number(token.text))
    return expected(token, wanted);
  auto digits = token.text;
  int base = 10;
  std::uint64_t factor = 1;
  if (token.lower.starts_with("0x") && token.text.size() > 2) {
    digits.remove_prefix(2);
    base = 16;
  } else if (factor_of(digits.back()) != 0) {
    factor = factor_of(digits.back());
    digits.remove_suffix(1);
  }
  std::uint64_t value = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (end != digits.data() + digits.size()) return expected(token, wanted);
  if (error != std::errc() || value > highest / factor)
    return wrong(token, fmt::format("{} is above {}", what, highest));
  return value * factor;
}

Result<std::uint64_t> Values::read_name(std::string_view what, std::span<const Name> names) {
  const Token token = tokens_.take();
  std::vector<std::string_view> known;
  for (const auto& [name, value] : names) {
    if (token.is_word(name)) return value;
    known.push_back(name);
  }
  if (token.kind != Token::Kind::kWord)
    return expected(token, fmt::format("{}: {} or a number", what, fmt::join(known, ", ")));
  return wrong(token, fmt::format("'{}' is not {}: {} or a number{}", token.text, what,
                                  fmt::join(known, ", "), did_you_mean(token.lower, known)));
}

Result<std::uint64_t> Values::read_protocol() {
  const Token& next = tokens_.peek();
  if (next.kind == Token::Kind::kWord && !looks_like_number(next.text)) {
    const Token token = tokens_.take();
    if (const auto number = protocol_named(token.lower)) return *number;
    return wrong(token, fmt::format("there is no protocol '{}'{}", token.text,
                                    did_you_mean(token.lower, protocol_names())));
  }
  if (next.kind != Token::Kind::kWord)
    return expected(next, "a protocol by name or number, as in 'proto tcp'");
  return read_number("a protocol number", UINT8_MAX);
}

Result<std::uint64_t> Values::read_country() {
  const Token token = tokens_.take();
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  if (token.kind != Token::Kind::kWord || token.lower.size() != 2 ||
      !std::ranges::all_of(token.lower, is_letter))
    return expected(token, "a country by its two letters (ISO 3166), as in 'country JP'");
  const auto upper = [&](std::size_t i) {
    return static_cast<std::uint64_t>(token.lower[i] - 'a' + 'A');
  };
  return upper(0) << 8 | upper(1);
}

Result<std::uint64_t> Values::read_time() {
  const Token token = tokens_.take();
  if (token.kind == Token::Kind::kWord)
    if (const auto moment = parse_filter_moment(token.text, now_)) return *moment;
  return expected(token, "a time: now-2h, 2026-11-22, 2026-11-22T09:00:00+09:00 (UTC unless said)");
}

Result<std::uint64_t> Values::read_value(Number number) {
  const bool is_name =
      tokens_.peek().kind == Token::Kind::kWord && !looks_like_number(tokens_.peek().text);
  switch (number) {
    case Number::kProtocol:
      return read_protocol();
    case Number::kSourceCountry:
    case Number::kDestinationCountry:
      return read_country();
    case Number::kFirst:
    case Number::kLast:
    case Number::kReceived:
      return read_time();
    case Number::kEvent:
      if (is_name) return read_name("an event", kEvents);
      return read_number("an event number", UINT8_MAX);
    case Number::kKind:
      if (is_name) return read_name("a kind of row", kKinds);
      return read_number("a kind of row", UINT8_MAX);
    case Number::kSourcePort:
    case Number::kDestinationPort:
    case Number::kTranslatedSourcePort:
    case Number::kTranslatedDestinationPort:
      if (is_name)
        return expected(tokens_.peek(), "a port number: 0 to 65535 (by name: 'service NAME')");
      return read_number("a port number", UINT16_MAX);
    case Number::kSourceAs:
    case Number::kDestinationAs:
      return read_number("an AS number", UINT32_MAX);
    case Number::kVlan:
      return read_number("a VLAN", UINT16_MAX);
    default:
      return read_number(
          words_of(number).phrase.empty() ? words_of(number).column : words_of(number).phrase,
          words_of(number).highest);
  }
}

Result<Prefix> Values::read_address() {
  const Token token = tokens_.take();
  if (token.kind != Token::Kind::kWord)
    return expected(token, "an address, as in 'ip 192.0.2.1' or 'ip 2001:db8::1'");
  if (const auto address = IpAddress::parse(token.text)) return only(*address);
  if (token.text.find('/') != std::string_view::npos && Prefix::parse(token.text))
    return wrong(token, fmt::format("this is a network: write 'net {}'", token.text));
  if (looks_like_host_name(token.text))
    return wrong(token, "host names are not looked up: write an address");
  return wrong(token, fmt::format("'{}' is not an IP address", token.text));
}

Result<Prefix> Values::read_masked(const Token& address, const Token& mask) {
  const auto base = IpAddress::parse(address.text);
  const auto bits = IpAddress::parse(mask.text);
  if (!base || !base->is_v4()) return wrong(address, "a netmask wants a whole IPv4 address");
  if (!bits || !bits->is_v4())
    return wrong(mask, "expected a netmask, as in 'net 192.0.2.0 255.255.255.0'");
  const auto length = std::countl_one(bits->v4());
  if (std::popcount(bits->v4()) != length)
    return wrong(mask, "a netmask with holes is not a network: its ones stand at the front");
  return *Prefix::parse(fmt::format("{}/{}", base->to_string(), length));
}

Result<Prefix> Values::read_network() {
  const Token address = tokens_.take();
  if (address.kind != Token::Kind::kWord)
    return expected(address, "a network, as in 'net 192.0.2.0/24' or 'net 2001:db8::/32'");
  std::string text(address.text);
  Token whole = address;
  // The slash may stand apart: "192.0.2.0 / 24".
  for (int piece = 0; piece < 2; ++piece) {
    const bool joins = text.back() == '/' || (tokens_.peek().kind == Token::Kind::kWord &&
                                              tokens_.peek().text.front() == '/');
    if (!joins || tokens_.peek().kind != Token::Kind::kWord) break;
    const Token more = tokens_.take();
    text += more.text;
    whole.length = more.position + more.length - address.position;
  }
  const auto slash = text.find('/');
  if (slash == std::string::npos) {
    const Token& next = tokens_.peek();
    if (next.kind == Token::Kind::kWord && looks_like_number(next.text))
      return read_masked(address, tokens_.take());
    if (looks_like_host_name(text))
      return wrong(address, "host names are not looked up: write a network");
    return wrong(address, fmt::format("the network's size is missing: write 'net {0}/24' or 'net "
                                      "{0} 255.255.255.0'",
                                      text));
  }
  auto base = text.substr(0, slash);
  std::size_t dots = 0;
  if (base.find(':') == std::string::npos) {
    // "172.16/12" is 172.16.0.0/12, as long as the length lies within what is written.
    dots = static_cast<std::size_t>(std::ranges::count(base, '.'));
    for (auto i = dots; i < 3; ++i) base += ".0";
  }
  const auto prefix = Prefix::parse(base + text.substr(slash));
  if (!prefix)
    return wrong(whole,
                 fmt::format("'{}' is not a network; write 192.0.2.0/24 or 2001:db8::/32", text));
  if (prefix->address().is_v4() && base.find(':') == std::string::npos && dots < 3 &&
      static_cast<std::size_t>(prefix->length()) > 8 * (dots + 1))
    return wrong(whole, fmt::format("/{} is longer than the {} bits that '{}' gives",
                                    prefix->length(), 8 * (dots + 1), text.substr(0, slash)));
  return *prefix;
}

Result<std::vector<Prefix>> Values::read_tag() {
  const Token token = tokens_.take();
  if (token.kind != Token::Kind::kWord && token.kind != Token::Kind::kQuoted)
    return expected(token, "the name of a tag");
  const auto found = vocabulary_.tags.find(token.text);
  if (found == vocabulary_.tags.end())
    return wrong(token, fmt::format("no tag '{}' is configured{}", token.text,
                                    did_you_mean(token.text, keys_of(vocabulary_.tags))));
  TRY(take_room(token, found->second.size()));
  return found->second;
}

Result<std::vector<Prefix>> Values::read_exporter(bool or_address) {
  const Token token = tokens_.peek();
  if (token.kind != Token::Kind::kWord && token.kind != Token::Kind::kQuoted)
    return expected(token, or_address ? "an exporter's address or name" : "an exporter's name");
  const auto found = vocabulary_.exporters.find(token.text);
  if (found == vocabulary_.exporters.end()) {
    if (or_address && token.kind == Token::Kind::kWord) {
      if (IpAddress::parse(token.text)) return std::vector{TRY(read_address())};
      if (token.text.find('/') != std::string_view::npos) return std::vector{TRY(read_network())};
    }
    return wrong(token, fmt::format("no exporter '{}' is configured{}", token.text,
                                    did_you_mean(token.text, keys_of(vocabulary_.exporters))));
  }
  (void)tokens_.take();
  TRY(take_room(token, found->second.size()));
  return found->second;
}

bool Values::begins_name() const {
  const Token& next = tokens_.peek();
  return next.kind == Token::Kind::kQuoted ||
         (next.kind == Token::Kind::kWord && !looks_like_number(next.text));
}

Result<std::vector<InterfaceSet>> Values::read_interface() {
  const Token token = tokens_.take();
  std::vector<const NamedInterface*> found;
  std::vector<std::string_view> known;
  for (const auto& each : vocabulary_.interfaces) {
    known.push_back(each.name);
    if (!token.text.empty() && (each.name == token.text || each.description == token.text))
      found.push_back(&each);
  }
  if (found.empty())
    return wrong(token, fmt::format("no interface '{}' is known: 'if' takes a number or a name of "
                                    "'noroshi exporters list --interfaces'{}",
                                    token.text, did_you_mean(token.text, known)));
  auto sets = sets_of(found);
  TRY(take_room(token, values_in(sets)));
  return sets;
}

Result<std::vector<InterfaceSet>> Values::external_interfaces(const Token& token) {
  std::vector<const NamedInterface*> found;
  for (const auto& each : vocabulary_.interfaces)
    if (each.external) found.push_back(&each);
  if (found.empty())
    return wrong(token,
                 "no interface is configured as external: [[exporter]] interfaces = "
                 "[{index = 3, external = true}]");
  auto sets = sets_of(found);
  TRY(take_room(token, values_in(sets)));
  return sets;
}

bool Values::begins_list() {
  if (!tokens_.peek().is_word("in")) return false;
  Tokens ahead = tokens_;
  (void)ahead.take();
  if (!ahead.peek().is_symbol("[")) return false;
  (void)ahead.take();
  tokens_ = ahead;
  return true;
}

Result<std::vector<std::uint64_t>> Values::read_value_list(Number number) {
  return read_list([&] { return read_value(number); });
}

Result<std::vector<std::uint64_t>> Values::read_list(const ReadOne& read_one) {
  std::vector<std::uint64_t> values;
  while (!tokens_.peek().is_symbol("]")) {
    TRY(take_room(tokens_.peek(), 1));
    if (tokens_.peek().kind == Token::Kind::kEnd)
      return expected(tokens_.peek(), "']' at the end of the list");
    values.push_back(TRY(read_one()));
    if (tokens_.peek().is_symbol(",")) (void)tokens_.take();
  }
  (void)tokens_.take();
  std::ranges::sort(values);
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

Result<std::vector<Prefix>> Values::read_address_list() {
  std::vector<Prefix> prefixes;
  while (!tokens_.peek().is_symbol("]")) {
    const Token& next = tokens_.peek();
    TRY(take_room(next, 1));
    if (next.kind == Token::Kind::kEnd) return expected(next, "']' at the end of the list");
    Tokens ahead = tokens_;
    (void)ahead.take();
    const bool is_network =
        next.text.find('/') != std::string_view::npos ||
        (ahead.peek().kind == Token::Kind::kWord && ahead.peek().text.front() == '/');
    prefixes.push_back(is_network ? TRY(read_network()) : TRY(read_address()));
    if (tokens_.peek().is_symbol(",")) (void)tokens_.take();
  }
  (void)tokens_.take();
  return prefixes;
}

Result<Comparison> Values::read_comparison() {
  constexpr std::pair<std::string_view, Comparison> kComparisons[] = {
      {"=", Comparison::kEqual},           {"==", Comparison::kEqual},
      {"eq", Comparison::kEqual},          {"<", Comparison::kLess},
      {"lt", Comparison::kLess},           {">", Comparison::kGreater},
      {"gt", Comparison::kGreater},        {"<=", Comparison::kLessOrEqual},
      {"le", Comparison::kLessOrEqual},    {">=", Comparison::kGreaterOrEqual},
      {"ge", Comparison::kGreaterOrEqual},
  };
  const Token& next = tokens_.peek();
  if (next.is_symbol("!=")) return wrong(next, "there is no '!=': write 'not' before the term");
  for (const auto& [text, comparison] : kComparisons) {
    if (next.is_symbol(text) || next.is_word(text)) {
      (void)tokens_.take();
      return comparison;
    }
  }
  return Comparison::kEqual;
}

}  // namespace noroshi
