#include "question/question.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>

#include "net/endpoint.h"
#include "question/selection.h"

namespace noroshi {
namespace {

struct ElementName {
  Element element;
  std::string_view name;
  std::string_view other_name = {};  ///< what nfdump calls it elsewhere, or a clearer word
};

constexpr std::array<ElementName, 22> kElements{{
    {Element::kSourceAddress, "srcip"},
    {Element::kDestinationAddress, "dstip"},
    {Element::kAnyAddress, "ip"},
    {Element::kSourcePort, "srcport"},
    {Element::kDestinationPort, "dstport"},
    {Element::kAnyPort, "port"},
    {Element::kProtocol, "proto"},
    {Element::kSourceAs, "srcas"},
    {Element::kDestinationAs, "dstas"},
    {Element::kAnyAs, "as"},
    {Element::kInputInterface, "inif"},
    {Element::kOutputInterface, "outif"},
    {Element::kAnyInterface, "if"},
    {Element::kVlan, "vlan"},
    {Element::kExporter, "router", "exporter"},
    {Element::kNextHop, "nhip", "next"},
    {Element::kObservationDomain, "odid", "domain"},
    {Element::kSourceCountry, "srccountry", "srcgeo"},
    {Element::kDestinationCountry, "dstcountry", "dstgeo"},
    {Element::kAnyCountry, "country", "geo"},
    {Element::kTcpFlags, "flags"},
    {Element::kSamplingRate, "sampling"},
}};

constexpr std::array<std::string_view, 6> kOrders{"flows", "packets", "bytes", "pps", "bps", "bpp"};

template <typename Names, typename Name>
std::string listed(const Names& names, Name name) {
  std::string list;
  for (const auto& each : names) {
    if (!list.empty()) list += ", ";
    list += name(each);
  }
  return list;
}

std::optional<std::uint8_t> parse_bits(std::string_view text, int most) {
  int bits = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bits);
  if (error != std::errc() || end != text.data() + text.size() || bits < 1 || bits > most)
    return std::nullopt;
  return static_cast<std::uint8_t>(bits);
}

/// count · factor ÷ divisor rounded down, without overflow on the way; 0 where the divisor is 0.
std::uint64_t scaled_quotient(std::uint64_t count, std::uint64_t factor, std::uint64_t divisor) {
  constexpr auto kMost = std::numeric_limits<std::uint64_t>::max();
  if (divisor == 0) return 0;
  const auto whole = count / divisor;
  const auto rest = count % divisor;
  if (whole > kMost / factor) return kMost;
  const auto part = rest > kMost / factor ? rest / divisor * factor : rest * factor / divisor;
  return saturating_sum(whole * factor, part);
}

std::string flags_text(std::uint64_t flags) {
  std::string text = "CEUAPRSF";
  for (std::size_t at = 0; at < text.size(); ++at)
    if ((flags >> (7 - at) & 1) == 0) text[at] = '.';
  return text;
}

std::string country_text(std::uint64_t country) {
  if (country == 0) return "..";
  return {static_cast<char>(country >> 8 & 0xff), static_cast<char>(country & 0xff)};
}

}  // namespace

std::string_view name_of(Element element) {
  return std::ranges::find(kElements, element, &ElementName::element)->name;
}

Result<Element> parse_element(std::string_view name) {
  for (const auto& each : kElements)
    if (name == each.name || (name == each.other_name && !name.empty())) return each.element;
  return failure(ErrorCode::kInvalidArgument,
                 fmt::format("'{}' is not an element of a flow; known are {}", name,
                             listed(kElements, [](const ElementName& each) { return each.name; })));
}

bool is_either_side(Element element) {
  return element == Element::kAnyAddress || element == Element::kAnyPort ||
         element == Element::kAnyAs || element == Element::kAnyInterface ||
         element == Element::kAnyCountry;
}

bool is_address(Element element) {
  return element == Element::kSourceAddress || element == Element::kDestinationAddress ||
         element == Element::kAnyAddress || element == Element::kExporter ||
         element == Element::kNextHop;
}

std::string to_string(const Key& key) {
  const auto name = name_of(key.element);
  const Key whole;
  if (!is_address(key.element) || (key.v4_bits == whole.v4_bits && key.v6_bits == whole.v6_bits))
    return std::string(name);
  if (key.v6_bits == 0) return fmt::format("{}4/{}", name, key.v4_bits);
  if (key.v4_bits == 0) return fmt::format("{}6/{}", name, key.v6_bits);
  return fmt::format("{}/{}/{}", name, key.v4_bits, key.v6_bits);
}

Result<Key> parse_key(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return Key{.element = TRY(parse_element(text))};
  auto name = text.substr(0, slash);
  const auto bits = text.substr(slash + 1);
  const auto refused = [&] {
    return failure(ErrorCode::kInvalidArgument,
                   fmt::format("'{}' is not a network of an address; write srcip4/24, srcip6/64 or "
                               "srcip/24/64",
                               text));
  };
  Key key;
  if (const auto second = bits.find('/'); second != std::string_view::npos) {
    const auto v4 = parse_bits(bits.substr(0, second), 32);
    const auto v6 = parse_bits(bits.substr(second + 1), 128);
    if (!v4 || !v6) return refused();
    key.v4_bits = *v4;
    key.v6_bits = *v6;
  } else if (name.ends_with('4') || name.ends_with('6')) {
    const bool v4 = name.ends_with('4');
    const auto kept = parse_bits(bits, v4 ? 32 : 128);
    if (!kept) return refused();
    key.v4_bits = v4 ? *kept : std::uint8_t{0};
    key.v6_bits = v4 ? std::uint8_t{0} : *kept;
    name.remove_suffix(1);
  } else {
    return refused();
  }
  key.element = TRY(parse_element(name));
  if (!is_address(key.element)) return refused();
  return key;
}

std::string to_string(const std::vector<Key>& keys) {
  std::string text;
  for (const auto& key : keys) {
    if (!text.empty()) text += ',';
    text += to_string(key);
  }
  return text;
}

Result<std::vector<Key>> parse_keys(std::string_view text) {
  const auto refused = [](std::string message) {
    return failure(ErrorCode::kInvalidArgument, std::move(message));
  };
  std::vector<Key> keys;
  while (true) {
    const auto comma = text.find(',');
    const auto key = TRY(parse_key(text.substr(0, comma)));
    if (std::ranges::find(keys, key) != keys.end())
      return refused(fmt::format("'{}' is named twice", to_string(key)));
    keys.push_back(key);
    if (keys.size() > kMostKeys)
      return refused(fmt::format("more than {} elements in one aggregate", kMostKeys));
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
  }
  const auto either =
      std::ranges::find_if(keys, [](const Key& key) { return is_either_side(key.element); });
  if (keys.size() > 1 && either != keys.end())
    return refused(
        fmt::format("'{}' means either side of a flow and stands alone; write src{} or "
                    "dst{}",
                    to_string(*either), name_of(either->element), name_of(either->element)));
  return keys;
}

std::string_view name_of(Order order) { return kOrders[static_cast<std::size_t>(order)]; }

Result<Order> parse_order(std::string_view name) {
  const auto found = std::ranges::find(kOrders, name);
  if (found != kOrders.end()) return static_cast<Order>(found - kOrders.begin());
  return failure(ErrorCode::kInvalidArgument,
                 fmt::format("'{}' is not an order; known are {}", name,
                             listed(kOrders, [](std::string_view each) { return each; })));
}

void Tally::add(const Tally& other) {
  flows = saturating_sum(flows, other.flows);
  packets = saturating_sum(packets, other.packets);
  bytes = saturating_sum(bytes, other.bytes);
  if (other.first != 0 && (first == 0 || other.first < first)) first = other.first;
  last = std::max(last, other.last);
  flows_of_unknown_sampling =
      saturating_sum(flows_of_unknown_sampling, other.flows_of_unknown_sampling);
  sampled_flows = saturating_sum(sampled_flows, other.sampled_flows);
  estimated_packets += other.estimated_packets;
  estimated_bytes += other.estimated_bytes;
  packets_variance += other.packets_variance;
  bytes_variance += other.bytes_variance;
}

std::uint64_t Tally::packets_per_second() const {
  return scaled_quotient(packets, 1000, duration());
}
std::uint64_t Tally::bits_per_second() const { return scaled_quotient(bytes, 8000, duration()); }

std::uint64_t rank_of(const Tally& tally, Order order) {
  switch (order) {
    case Order::kFlows:
      return tally.flows;
    case Order::kPackets:
      return tally.packets;
    case Order::kBytes:
      return tally.bytes;
    case Order::kPacketsPerSecond:
      return tally.packets_per_second();
    case Order::kBitsPerSecond:
      return tally.bits_per_second();
    case Order::kBytesPerPacket:
      return tally.bytes_per_packet();
  }
  return 0;
}

std::string to_string(const Key& key, const KeyValue& value) {
  if (const auto* address = std::get_if<IpAddress>(&value)) return address->to_string();
  const auto number = std::get<std::uint64_t>(value);
  switch (key.element) {
    case Element::kProtocol:
      return to_string(Protocol{static_cast<std::uint8_t>(number)});
    case Element::kTcpFlags:
      return flags_text(number);
    case Element::kSourceCountry:
    case Element::kDestinationCountry:
    case Element::kAnyCountry:
      return country_text(number);
    default:
      return std::to_string(number);
  }
}

}  // namespace noroshi
