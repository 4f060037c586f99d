#include "filter/terms.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "filter/letters.h"
#include "filter/nearest.h"
#include "filter/not_kept.h"
#include "filter/number_words.h"
#include "filter/service_names.h"
#include "filter/term_words.h"

namespace noroshi {
namespace {

constexpr std::uint64_t kTcp = 6;
constexpr std::uint64_t kIcmp = 1;
constexpr std::uint64_t kIcmp6 = 58;

Condition number_is(Number number, Comparison comparison, std::uint64_t value) {
  return {NumberIs{number, comparison, value}};
}

Condition all_of(Condition left, Condition right) {
  AllOf all;
  all.parts.push_back(std::move(left));
  all.parts.push_back(std::move(right));
  return {std::move(all)};
}

/// The bits of flags written as letters, in nfdump's letters and E (ECE) and C (CWR) besides; X is
/// the six that nfdump knows.
std::optional<std::uint8_t> flags_of(std::string_view letters) {
  unsigned flags = 0;
  for (const char letter : letters) {
    constexpr std::string_view kLetters = "fsrpauec";
    const auto bit = kLetters.find(to_lower(letter));
    if (to_lower(letter) == 'x') {
      flags |= 0x3fU;
    } else if (bit != std::string_view::npos) {
      flags |= 1U << bit;
    } else {
      return std::nullopt;
    }
  }
  return static_cast<std::uint8_t>(flags);
}

}  // namespace

Terms::Qualifier Terms::read_qualifier() {
  Qualifier qualifier;
  qualifier.token = tokens_.peek();
  const auto is_source = qualifier.token.is_word("src");
  if (is_source || qualifier.token.is_word("dst")) {
    (void)tokens_.take();
    qualifier.side = is_source ? Side::kFirst : Side::kSecond;
    Tokens ahead = tokens_;
    const Token link = ahead.take();
    if ((link.is_and() || link.is_or()) && ahead.peek().is_word(is_source ? "dst" : "src")) {
      const Token other = ahead.take();
      qualifier.token.length = other.position + other.length - qualifier.token.position;
      qualifier.side = link.is_and() ? Side::kBoth : Side::kEither;
      tokens_ = ahead;
    }
  } else if (qualifier.token.is_word("in") || qualifier.token.is_word("out")) {
    qualifier.side = qualifier.token.is_word("in") ? Side::kFirst : Side::kSecond;
    qualifier.in_out = true;
    (void)tokens_.take();
    // nfdump's "in src" and the like, which go with "mac" alone.
    if (const auto& next = tokens_.peek(); next.is_word("src") || next.is_word("dst")) {
      qualifier.token.length = next.position + next.length - qualifier.token.position;
      (void)tokens_.take();
    }
  }
  return qualifier;
}

Result<Condition> Terms::read(bool negated) {
  const auto qualifier = read_qualifier();
  const auto said = tokens_.text().substr(qualifier.token.position, qualifier.token.length);
  const Token& next = tokens_.peek();
  if (next.kind != Token::Kind::kWord) {
    if (next.kind == Token::Kind::kUnreadable && (next.text[0] == '"' || next.text[0] == '\''))
      return values_.wrong(next, "this quote is never closed");
    return values_.expected(
        next, qualifier.side == Side::kUnsaid
                  ? "a term, as in 'proto tcp', 'src net 192.0.2.0/24', 'bytes > 1k'"
                  : fmt::format("what '{}' is about: ip, net, port, as, country, tag, if …", said));
  }
  const auto* word = term_word(next.lower);
  if (word == nullptr) return unknown(next, qualifier);
  if (qualifier.side != Side::kUnsaid) {
    if (qualifier.in_out && (next.is_word("packets") || next.is_word("bytes")))
      return values_.wrong(qualifier.token,
                           fmt::format("not supported: the {0} of one direction alone; '{0}' "
                                       "without '{1}' counts both directions",
                                       next.lower, qualifier.token.lower));
    const auto wanted =
        qualifier.in_out ? TermWord::Sides::kInOut : TermWord::Sides::kSourceDestination;
    if (word->sides != wanted)
      return values_.wrong(qualifier.token,
                           fmt::format("'{}' does not go with '{}'", said, next.lower));
    if (next.is_word("vlan") && qualifier.side != Side::kFirst && qualifier.side != Side::kEither)
      return values_.wrong(qualifier.token,
                           "not supported: the VLAN after the exporter is not kept; 'vlan N' and "
                           "'src vlan N' ask for the one before it");
  }
  return read_word(*word, qualifier, negated);
}

Result<Condition> Terms::read_word(const TermWord& word, const Qualifier& qualifier, bool negated) {
  const Token token = tokens_.take();
  const bool translated = token.lower.front() == 'x' || token.lower == "nip";
  const auto first = translated ? AddressColumn::kTranslatedSource : AddressColumn::kSource;
  const auto second =
      translated ? AddressColumn::kTranslatedDestination : AddressColumn::kDestination;
  switch (word.form) {
    case TermWord::Form::kAny:
      return Condition{Everything{}};
    case TermWord::Form::kFamily:
      return Condition{FamilyIs{token.lower.back() == '6'}};
    case TermWord::Form::kNumber:
      return read_number_term(qualifier.side, word.first,
                              word.sides == TermWord::Sides::kNone ? word.first : word.second);
    case TermWord::Form::kAddress:
      return read_address_term(qualifier.side, first, second, false);
    case TermWord::Form::kNetwork:
      return read_address_term(qualifier.side, first, second, true);
    case TermWord::Form::kFlags:
      return read_flags(negated);
    case TermWord::Form::kDirection:
      return read_direction();
    case TermWord::Form::kIcmpType:
      return read_icmp(Number::kIcmpType);
    case TermWord::Form::kIcmpCode:
      return read_icmp(Number::kIcmpCode);
    case TermWord::Form::kEvent:
      return read_event(token);
    case TermWord::Form::kColumn:
      return read_column();
    case TermWord::Form::kObservation:
      return read_observation();
    case TermWord::Form::kNextHop:
      return read_hop(AddressColumn::kNextHop, token);
    case TermWord::Form::kRouter:
      return read_hop(AddressColumn::kExporter, token);
    case TermWord::Form::kExporter:
      return read_exporter(true);
    case TermWord::Form::kIdent:
      return read_exporter(false);
    case TermWord::Form::kTag:
      return read_tag(qualifier.side);
    case TermWord::Form::kService:
      return read_service(qualifier.side);
    case TermWord::Form::kInterface:
      return read_interface_term(qualifier.side);
    case TermWord::Form::kBoundary:
      return read_boundary(qualifier.side);
  }
  return values_.expected(token, "a term");
}

Result<Condition> Terms::read_number_term(Side side, Number first, Number second) {
  if (values_.begins_list()) {
    auto list = TRY(values_.read_value_list(first));
    // Two columns hold the list twice.
    if (side != Side::kFirst && side != Side::kSecond && first != second)
      TRY(values_.take_room(tokens_.peek(), list.size()));
    return on_sides(side, first, second, [&](Number number) {
      return Condition{NumberIn{number, list}};
    });
  }
  const Token at = tokens_.peek();
  const auto comparison = TRY(values_.read_comparison());
  if (is_country(first) && comparison != Comparison::kEqual)
    return values_.wrong(at, "countries have no order: 'country CC' or 'country in [CC CC]'");
  const auto value = TRY(values_.read_value(first));
  return on_sides(side, first, second,
                  [&](Number number) { return number_is(number, comparison, value); });
}

Result<Condition> Terms::read_address_term(Side side, AddressColumn first, AddressColumn second,
                                           bool network) {
  std::vector<Prefix> prefixes;
  if (values_.begins_list()) {
    prefixes = TRY(values_.read_address_list());
    if (side != Side::kFirst && side != Side::kSecond)
      TRY(values_.take_room(tokens_.peek(), prefixes.size()));
  } else {
    prefixes.push_back(network ? TRY(values_.read_network()) : TRY(values_.read_address()));
  }
  return on_sides(side, first, second, [&](AddressColumn column) {
    return Condition{AddressIn{column, prefixes}};
  });
}

Result<Condition> Terms::read_hop(AddressColumn column, const Token& word) {
  const Token token = tokens_.peek();
  if (token.is_word("as")) return unknown(word, {});
  const bool network = token.is_word("net");
  if (!network && !token.is_word("ip"))
    return values_.expected(token, fmt::format("'ip', as in '{} ip 192.0.2.1'", word.lower));
  (void)tokens_.take();
  return read_address_term(Side::kFirst, column, column, network);
}

Result<Condition> Terms::read_exporter(bool or_address) {
  if (or_address && values_.begins_list())
    return Condition{AddressIn{AddressColumn::kExporter, TRY(values_.read_address_list())}};
  return Condition{AddressIn{AddressColumn::kExporter, TRY(values_.read_exporter(or_address))}};
}

Result<Condition> Terms::read_tag(Side side) {
  const Token token = tokens_.peek();
  const auto prefixes = TRY(values_.read_tag());
  if (side != Side::kFirst && side != Side::kSecond) TRY(values_.take_room(token, prefixes.size()));
  return on_sides(side, AddressColumn::kSource, AddressColumn::kDestination,
                  [&](AddressColumn column) {
                    return Condition{AddressIn{column, prefixes}};
                  });
}

Result<Condition> Terms::read_service(Side side) {
  const Token token = tokens_.take();
  if (token.kind != Token::Kind::kWord)
    return values_.expected(token, "the name of a service, as in 'service https'");
  const auto services = service_ports(token.lower);
  if (services.empty())
    return values_.wrong(
        token, fmt::format("no service '{}' is known: 'port' takes any number{}", token.text,
                           did_you_mean(token.lower, service_names())));
  AnyOf any;
  for (const auto& service : services) {
    const auto ports = [&](Number number) {
      return service.ports.size() == 1
                 ? number_is(number, Comparison::kEqual, service.ports.front())
                 : Condition{NumberIn{number, service.ports}};
    };
    auto protocols =
        service.protocols.size() == 1
            ? number_is(Number::kProtocol, Comparison::kEqual, service.protocols.front())
            : Condition{NumberIn{Number::kProtocol, service.protocols}};
    any.parts.push_back(all_of(std::move(protocols), on_sides(side, Number::kSourcePort,
                                                              Number::kDestinationPort, ports)));
  }
  if (any.parts.size() == 1) return std::move(any.parts.front());
  return Condition{std::move(any)};
}

Result<Condition> Terms::read_flags(bool negated) {
  const Token at = tokens_.peek();
  const auto comparison = TRY(values_.read_comparison());
  const bool compared = tokens_.peek().position != at.position;
  const Token token = tokens_.peek();
  if (token.kind != Token::Kind::kWord)
    return values_.expected(token, "TCP flags: letters of FSRPAUEC or a number, as in 'flags SA'");
  if (is_digit(token.text.front())) {
    const auto value = TRY(values_.read_number("TCP flags", UINT8_MAX));
    if (comparison == Comparison::kEqual) {
      std::uint64_t mask = UINT8_MAX;
      if (tokens_.peek().is_word("mask")) {
        (void)tokens_.take();
        mask = TRY(values_.read_number("a mask of TCP flags", UINT8_MAX));
      }
      return Condition{FlagsAre{static_cast<std::uint8_t>(mask), static_cast<std::uint8_t>(value)}};
    }
    return all_of(number_is(Number::kProtocol, Comparison::kEqual, kTcp),
                  number_is(Number::kTcpFlags, comparison, value));
  }
  const auto flags = flags_of(token.lower);
  if (!flags)
    return values_.wrong(token, "TCP flags are letters of FSRPAUEC (X: FSRPAU) or a number");
  if (compared)
    return values_.wrong(at, "a comparison of flags wants a number, as in 'flags > 18'");
  (void)tokens_.take();
  if (!negated || (*flags & (*flags - 1)) == 0) return Condition{FlagsAre{*flags, *flags}};
  // As nfdump has it: all of the letters, but after a not, any of them.
  AnyOf any;
  for (unsigned bit = 1; bit <= UINT8_MAX; bit <<= 1) {
    const auto flag = static_cast<std::uint8_t>(*flags & bit);
    if (flag != 0) any.parts.push_back({FlagsAre{flag, flag}});
  }
  return Condition{std::move(any)};
}

Result<Condition> Terms::read_direction() {
  // nfdump and flowDirection (IPFIX element 61) count from 0, FlowDirection from 1, 0 being
  // unknown.
  constexpr Values::Name kDirections[] = {
      {"ingress", 1}, {"0", 1}, {"egress", 2}, {"1", 2}, {"unknown", 0}};
  return number_is(Number::kDirection, Comparison::kEqual,
                   TRY(values_.read_name("a direction", kDirections)));
}

Result<Condition> Terms::read_icmp(Number number) {
  const auto comparison = TRY(values_.read_comparison());
  const auto value = TRY(values_.read_number(
      number == Number::kIcmpType ? "an ICMP type" : "an ICMP code", UINT8_MAX));
  return all_of({NumberIn{Number::kProtocol, {kIcmp, kIcmp6}}},
                number_is(number, comparison, value));
}

Result<Condition> Terms::read_event(const Token& word) {
  const Token event = tokens_.take();
  if (!event.is_word("event")) {
    if (word.is_word("asa")) return unknown(word, {});
    return values_.expected(event, "'event', as in 'nat event create'");
  }
  if (tokens_.peek().is_word("denied"))
    return values_.wrong(tokens_.peek(),
                         "not supported: why a firewall denied (extended events) is not kept; "
                         "'asa event deny' asks for all denials");
  return read_number_term(Side::kFirst, Number::kEvent, Number::kEvent);
}

Result<Condition> Terms::read_observation() {
  const Token what = tokens_.take();
  if (what.is_word("point"))
    return values_.wrong(what, "not supported: observation points are not kept");
  if (!what.is_word("domain"))
    return values_.expected(what, "'domain', as in 'observation domain id 3'");
  const Token id = tokens_.take();
  if (!id.is_word("id")) return values_.expected(id, "'id', as in 'observation domain id 3'");
  return read_number_term(Side::kFirst, Number::kObservationDomain, Number::kObservationDomain);
}

Result<Condition> Terms::read_column() {
  const Token token = tokens_.take();
  std::vector<std::string_view> columns;
  for (const auto& words : all_number_words()) {
    columns.push_back(words.column);
    if (!token.is_word(words.column)) continue;
    const auto read = [&] { return values_.read_number(words.column, words.highest); };
    if (!values_.begins_list()) {
      const auto comparison = TRY(values_.read_comparison());
      return number_is(words.number, comparison, TRY(read()));
    }
    return Condition{NumberIn{words.number, TRY(values_.read_list([&] { return read(); }))}};
  }
  if (token.kind != Token::Kind::kWord)
    return values_.expected(token, "the name of a column, as in 'column end_reason = 2'");
  return values_.wrong(token, fmt::format("there is no column '{}' of numbers{}", token.text,
                                          did_you_mean(token.lower, columns)));
}

tl::unexpected<Error> Terms::unknown(const Token& token, const Qualifier& qualifier) const {
  if (const auto what = not_kept(token.lower); !what.empty())
    return values_.wrong(token, fmt::format("not supported: {}", what));
  std::vector<std::string_view> words{"not", "src", "dst", "in", "out"};
  for (const auto& word : term_words()) words.push_back(word.word);
  auto hint = did_you_mean(token.lower, words);
  if (qualifier.side == Side::kUnsaid)
    if (auto term = term_for_value(token.lower); !term.empty()) hint = std::move(term);
  return values_.wrong(token, fmt::format("unknown word '{}'{}", token.text, hint));
}

}  // namespace noroshi
