#include "guard/subscriber_filter.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <span>
#include <type_traits>
#include <utility>
#include <variant>

namespace noroshi {
namespace {

bool contains(const Prefix& outer, const Prefix& inner) {
  return outer.address().is_of_v4() == inner.address().is_of_v4() &&
         outer.length() <= inner.length() && outer.contains(inner.address());
}

/// The IPv4 prefix inside one that only embeds it: 64:ff9b::/96 (RFC 6052 §2.1) and 2002::/16
/// (RFC 3056 §2). At the door such addresses become the pseudonyms of what they embed.
std::optional<Prefix> embedded(const Prefix& prefix) {
  static const Prefix kTranslated = *Prefix::parse("64:ff9b::/96");
  static const Prefix k6to4 = *Prefix::parse("2002::/16");
  const auto v4_at = [&](std::size_t octet, int bits) {
    const auto& bytes = prefix.address().bytes();
    return Prefix::of(
        IpAddress::from_v4_bytes(std::span<const std::byte, 4>(bytes.data() + octet, 4)),
        std::clamp(bits, 0, 32));
  };
  if (contains(kTranslated, prefix)) return v4_at(12, prefix.length() - 96);
  if (contains(k6to4, prefix)) return v4_at(2, prefix.length() - 16);
  return std::nullopt;
}

/// The filter with every list of prefixes that may be a subscriber's put through `change`.
Result<Condition> changed(const Condition& condition,
                          const std::function<Result<AddressIn>(const AddressIn&)>& change) {
  return std::visit(
      [&](const auto& node) -> Result<Condition> {
        using Node = std::decay_t<decltype(node)>;
        if constexpr (std::is_same_v<Node, AddressIn>) {
          if (node.column == AddressColumn::kExporter) return Condition{node};
          return Condition{TRY(change(node))};
        } else if constexpr (std::is_same_v<Node, AllOf> || std::is_same_v<Node, AnyOf> ||
                             std::is_same_v<Node, NoneOf>) {
          Node copy;
          for (const auto& part : node.parts) copy.parts.push_back(TRY(changed(part, change)));
          return Condition{std::move(copy)};
        } else {
          return Condition{node};
        }
      },
      condition.node);
}

std::string refusal(const Prefix& prefix) {
  const bool single = prefix.length() == (prefix.address().is_of_v4() ? 32 : 128);
  return fmt::format(
      "{} {}: stored as {}; open a case and ask for it with noroshi guard reveal",
      prefix.to_string(),
      single ? "is a subscriber's address" : "is a part of the subscribers' addresses",
      single ? "a pseudonym" : "pseudonyms, which stand anywhere in their range");
}

}  // namespace

SubscriberFilter::SubscriberFilter(const std::vector<Prefix>& ranges) {
  for (const auto& range : ranges) {
    if (std::ranges::any_of(ranges_, [&](const Prefix& other) { return contains(other, range); }))
      continue;
    std::erase_if(ranges_, [&](const Prefix& other) { return contains(range, other); });
    ranges_.push_back(range);
  }
}

std::optional<Prefix> SubscriberFilter::range_around(const Prefix& prefix) const {
  if (prefix.address().is_pseudonym()) return std::nullopt;
  const auto plain = embedded(prefix).value_or(prefix);
  const auto found =
      std::ranges::find_if(ranges_, [&](const Prefix& range) { return contains(range, plain); });
  if (found == ranges_.end() || *found == prefix) return std::nullopt;
  return *found;
}

Result<Condition> SubscriberFilter::narrowed(const Condition& filter) const {
  if (ranges_.empty()) return filter;
  return changed(filter, [&](const AddressIn& leaf) -> Result<AddressIn> {
    auto twins = leaf;
    for (const auto& prefix : leaf.prefixes) {
      if (range_around(prefix)) return failure(ErrorCode::kPermission, refusal(prefix));
      if (prefix.address().is_pseudonym()) continue;
      for (const auto& range : ranges_) {
        if (!contains(prefix, range)) continue;
        const auto twin = Prefix::of(range.address().marked(), range.length());
        if (std::ranges::find(twins.prefixes, twin) == twins.prefixes.end())
          twins.prefixes.push_back(twin);
      }
    }
    return twins;
  });
}

Condition SubscriberFilter::without_subscribers(const Condition& filter) const {
  auto condition = changed(filter, [&](const AddressIn& leaf) -> Result<AddressIn> {
    auto wider = leaf;
    for (auto& prefix : wider.prefixes)
      if (const auto range = range_around(prefix)) prefix = *range;
    return wider;
  });
  return condition ? std::move(*condition) : Condition{Everything{}};
}

bool SubscriberFilter::names_single_lines(const Condition& filter) const {
  bool names = false;
  (void)changed(filter, [&](const AddressIn& leaf) -> Result<AddressIn> {
    for (const auto& prefix : leaf.prefixes) {
      if (!prefix.address().is_pseudonym()) continue;
      names |= std::ranges::none_of(ranges_, [&](const Prefix& range) {
        return contains(prefix, Prefix::of(range.address().marked(), range.length()));
      });
    }
    return leaf;
  });
  return names;
}

}  // namespace noroshi
