#include "docket/entry.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace noroshi {
namespace {

constexpr std::array<std::string_view, kDocketStates> kStates = {
    "new", "strengthened", "weakened", "silent", "expired", "confirmed", "refuted", "watched"};
constexpr std::array<std::string_view, 3> kWords = {"confirm", "refute", "watch"};

KeptEvidence kept(const Evidence& evidence) {
  KeptEvidence result{.group = evidence.group,
                      .code = std::string(evidence.code),
                      .statistic = evidence.statistic,
                      .log_likelihood_ratio = evidence.log_likelihood_ratio};
  for (const auto& [name, value] : evidence.arguments)
    result.arguments.emplace_back(std::string(name), value);
  return result;
}

tl::unexpected<Error> no_server(std::string_view text) {
  return failure(ErrorCode::kInvalidArgument,
                 fmt::format("{}: not a server such as 192.0.2.1:23, 192.0.2.1:23/tcp or "
                             "[2001:db8::1]:23/tcp",
                             text));
}

}  // namespace

std::string_view to_string(DocketState state) { return kStates[static_cast<std::size_t>(state)]; }

std::optional<DocketState> parse_docket_state(std::string_view word) {
  const auto* const found = std::ranges::find(kStates, word);
  if (found == kStates.end()) return std::nullopt;
  return static_cast<DocketState>(found - kStates.begin());
}

std::string_view to_string(AnalystWord::Kind kind) {
  return kWords[static_cast<std::size_t>(kind)];
}

std::optional<AnalystWord::Kind> parse_word(std::string_view text) {
  const auto* const found = std::ranges::find(kWords, text);
  if (found == kWords.end()) return std::nullopt;
  return static_cast<AnalystWord::Kind>(found - kWords.begin());
}

KeptVerdict KeptVerdict::of(const Verdict& verdict, std::string recipe) {
  KeptVerdict result{.tier = verdict.tier,
                     .probability = verdict.probability,
                     .clients = verdict.clients,
                     .connections = verdict.connections,
                     .first = verdict.first,
                     .last = verdict.last,
                     .recipe = std::move(recipe)};
  for (const auto& one : verdict.evidence) result.evidence.push_back(kept(one));
  for (const auto& one : verdict.counter_evidence) result.counter_evidence.push_back(kept(one));
  for (const auto code : verdict.would_change) result.would_change.emplace_back(code);
  for (const auto code : verdict.not_judged) result.not_judged.emplace_back(code);
  return result;
}

DocketState DocketEntry::state() const {
  if (!word) return judged_state;
  switch (word->kind) {
    case AnalystWord::Kind::kConfirm:
      return DocketState::kConfirmed;
    case AnalystWord::Kind::kRefute:
      return DocketState::kRefuted;
    case AnalystWord::Kind::kWatch:
      return DocketState::kWatched;
  }
  return judged_state;
}

Tier DocketEntry::tier() const {
  if (!word || word->kind == AnalystWord::Kind::kWatch) return judged_tier;
  return word->kind == AnalystWord::Kind::kConfirm ? Tier::kA : Tier::kC;
}

Result<ServerName> parse_server(std::string_view text) {
  auto rest = text;
  ServerName name;
  if (const auto slash = rest.rfind('/'); slash != std::string_view::npos) {
    const auto protocol = parse_protocol(rest.substr(slash + 1));
    if (!protocol) return no_server(text);
    name.protocol = *protocol;
    rest = rest.substr(0, slash);
  }
  const auto colon = rest.rfind(':');
  if (colon == std::string_view::npos) return no_server(text);
  const auto port = rest.substr(colon + 1);
  auto address = rest.substr(0, colon);
  const auto [end, fault] =
      std::from_chars(port.data(), port.data() + port.size(), name.port.value);
  if (fault != std::errc() || end != port.data() + port.size()) return no_server(text);
  const bool bracketed = address.size() > 2 && address.front() == '[' && address.back() == ']';
  if (bracketed) address = address.substr(1, address.size() - 2);
  const auto parsed = IpAddress::parse(address);
  // Without brackets it could not be told where an IPv6 address ends.
  if (!parsed || parsed->is_pseudonym() || bracketed == parsed->is_of_v4()) return no_server(text);
  name.address = *parsed;
  return name;
}

}  // namespace noroshi
