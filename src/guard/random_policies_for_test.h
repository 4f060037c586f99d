#pragma once

#include <rapidcheck.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "guard/guard.h"

namespace noroshi::for_test {

/// Random values for properties, drawn from rapidcheck; only within a property.
inline std::uint64_t drawn(std::uint64_t below) {
  return *rc::gen::inRange<std::uint64_t>(0, below);
}
inline bool drawn_true(std::uint64_t one_in) { return drawn(one_in) == 0; }

inline constexpr std::uint64_t kRandomNow = 1'795'305'600'000;  // 2026-11-22T00:00Z
inline constexpr std::uint64_t kRandomDay = 86'400'000;

inline FieldSet drawn_fields() {
  if (drawn_true(3)) return every_field();
  FieldSet fields = fields_of_every_answer();
  for (const auto* word : {"addresses", "ports", "protocols", "exporters", "interfaces", "origins",
                           "next_hop", "translation", "end_reason"})
    if (!drawn_true(3)) fields |= *parse_fields(word);
  return fields;
}

inline std::vector<std::string> drawn_roles() {
  std::vector<std::string> roles;
  for (const auto* role : {"a", "b", "c"})
    if (!drawn_true(3)) roles.emplace_back(role);
  return roles;
}

inline Purpose drawn_purpose(const std::string& name) {
  Purpose purpose;
  purpose.name = name;
  purpose.roles = drawn_roles();
  purpose.tables = {GuardedTable::kFlows};
  if (drawn_true(2)) purpose.tables.push_back(GuardedTable::kContacts);
  if (drawn_true(2)) purpose.tables.push_back(GuardedTable::kRollups);
  purpose.fields = drawn_fields();
  purpose.granularity = static_cast<Granularity>(drawn(3));
  purpose.retention_days = drawn_true(3) ? 0 : static_cast<std::uint32_t>(1 + drawn(5));
  purpose.exports = drawn_true(2);
  purpose.needs_case = drawn_true(6);
  if (drawn_true(6))
    purpose.hours = TimeOfDay{std::chrono::minutes(60 * drawn(24)), std::chrono::minutes(720)};
  if (purpose.granularity == Granularity::kCounts) {
    purpose.suppress_below = static_cast<std::uint32_t>(drawn(6));
    purpose.round_to = drawn_true(2) ? 0 : 10;
  }
  return purpose;
}

/// Three roles, three purposes, up to three classes of data, and the person "p".
inline Policy drawn_policy() {
  Policy policy;
  policy.source = "random";
  FieldSet high;
  for (const auto* word : {"addresses", "next_hop", "translation", "interfaces"})
    if (drawn_true(2)) high |= *parse_fields(word);
  policy.classes = {{"low", {}, ~high}, {"high", {}, high}, {"highest", {}, {}}};
  for (const auto* role : {"a", "b", "c"})
    policy.roles.push_back({role, {}, drawn_true(2) ? "x" : ""});
  for (const auto* name : {"x", "y", "z"}) policy.purposes.push_back(drawn_purpose(name));
  Person person{"p", "p", drawn_roles(), {}};
  const auto today = day_of(policy, from_unix_milliseconds(kRandomNow));
  for (const auto* name : {"low", "high", "highest"})
    if (!drawn_true(3))
      person.clearances.push_back(
          {name, today + std::chrono::days(static_cast<int>(drawn(5)) - 1)});
  policy.persons = {std::move(person)};
  return policy;
}

inline std::vector<Prefix> drawn_subscribers() {
  std::vector<Prefix> ranges;
  for (const auto* text : {"198.51.100.0/24", "198.51.96.0/20", "2001:db8:100::/40"})
    if (!drawn_true(3)) ranges.push_back(*Prefix::parse(text));
  return ranges;
}

inline IpAddress drawn_address() {
  switch (drawn(4)) {
    case 0:
      return IpAddress::from_v4(0xc6336400 + static_cast<std::uint32_t>(drawn(8)));
    case 1:
      return IpAddress::from_v4(0xc6336100 + static_cast<std::uint32_t>(drawn(8)));
    case 2:
      return IpAddress::from_v4(0xcb007100 + static_cast<std::uint32_t>(drawn(8)));
    default: {
      auto bytes = IpAddress::parse("2001:db8:100::")->bytes();
      bytes[3] = static_cast<std::byte>(0xb8 + drawn(2));
      bytes[7] = static_cast<std::byte>(drawn(3));
      bytes[15] = static_cast<std::byte>(drawn(3));
      return IpAddress::from_bytes(bytes);
    }
  }
}

inline Prefix drawn_prefix() {
  const auto address = drawn_address();
  constexpr int kLengths4[] = {0, 16, 20, 24, 28, 32};
  constexpr int kLengths6[] = {0, 32, 40, 48, 64, 128};
  return Prefix::of(address, (address.is_v4() ? kLengths4 : kLengths6)[drawn(6)]);
}

/// A filter in which no pseudonym is named.
inline Condition drawn_filter(int depth = 2) {
  switch (drawn(depth > 0 ? 8 : 5)) {
    case 0:
    case 1: {
      AddressIn in{static_cast<AddressColumn>(drawn(6)), {}};
      for (auto count = 1 + drawn(2); count > 0; --count) in.prefixes.push_back(drawn_prefix());
      return {std::move(in)};
    }
    case 2:
      return {NumberIs{Number::kDestinationPort, static_cast<Comparison>(drawn(5)), drawn(5)}};
    case 3:
      return {NumberIn{Number::kProtocol, {6, 17}}};
    case 4:
      return {Everything{}};
    case 5:
      return {AllOf{{drawn_filter(depth - 1), drawn_filter(depth - 1)}}};
    case 6:
      return {AnyOf{{drawn_filter(depth - 1), drawn_filter(depth - 1)}}};
    default:
      return {NoneOf{{drawn_filter(depth - 1)}}};
  }
}

inline TimeWindow drawn_window() {
  if (drawn_true(3)) return {};
  const auto from = kRandomNow - kRandomDay * drawn(8);
  return {from, from + kRandomDay / 2 * (1 + drawn(6))};
}

inline std::vector<Key> drawn_keys() {
  std::vector<Key> keys;
  for (auto count = drawn(3); count > 0; --count)
    keys.push_back({.element = static_cast<Element>(
                        drawn(static_cast<std::uint64_t>(Element::kSamplingRate) + 1))});
  if (keys.size() > 1)
    std::erase_if(keys, [](const Key& key) { return is_either_side(key.element); });
  if (keys.size() == 2 && keys[0] == keys[1]) keys.pop_back();
  return keys;
}

inline CaseBounds drawn_case() {
  const auto window = drawn_window();
  const auto to = std::min(window.to, kRandomNow + 100 * kRandomDay);
  return {from_unix_milliseconds(window.from), from_unix_milliseconds(to), drawn_filter(1)};
}
inline TimeWindow window_of(const CaseBounds& bounds) {
  return {to_unix_milliseconds(bounds.from), to_unix_milliseconds(bounds.to)};
}

/// Rows as they come in, addresses in clear, over the last days.
inline FlowBatch drawn_rows(std::size_t count) {
  FlowBatch rows(count);
  rows.append(count);
  for (std::size_t i = 0; i < count; ++i) {
    rows.mutable_source_address()[i] = drawn_address();
    rows.mutable_destination_address()[i] = drawn_address();
    rows.mutable_next_hop()[i] = drawn_address();
    rows.mutable_translated_source_address()[i] = drawn_address();
    rows.mutable_exporter()[i] = drawn_address();
    rows.mutable_source_port()[i] = static_cast<std::uint16_t>(1 + drawn(3));
    rows.mutable_destination_port()[i] = static_cast<std::uint16_t>(1 + drawn(5));
    rows.mutable_protocol()[i] = drawn_true(2) ? 6 : 17;
    rows.mutable_packets()[i] = 1 + drawn(30);
    rows.mutable_bytes()[i] = rows.packets()[i] * 60;
    rows.mutable_last()[i] = kRandomNow - 1 - drawn(8 * kRandomDay);
    rows.mutable_first()[i] = rows.last()[i] - drawn(1000);
    rows.mutable_received()[i] = rows.last()[i];
    rows.mutable_source_as()[i] = static_cast<std::uint32_t>(1 + drawn(3));
    rows.mutable_vlan()[i] = static_cast<std::uint16_t>(1 + drawn(3));
    rows.mutable_input_interface()[i] = static_cast<std::uint32_t>(1 + drawn(3));
    rows.mutable_end_reason()[i] = static_cast<std::uint8_t>(1 + drawn(3));
  }
  return rows;
}

/// The same as they are stored: subscribers under pseudonyms, here of the same bits.
inline FlowBatch pseudonymised(const FlowBatch& rows, const std::vector<Prefix>& subscribers) {
  FlowBatch stored(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) stored.append_row(rows, i);
  const PrefixSet ranges(subscribers);
  const auto mark = [&](std::span<IpAddress> column) {
    for (auto& address : column)
      if (ranges.contains(address)) address = address.marked();
  };
  mark(stored.mutable_source_address());
  mark(stored.mutable_destination_address());
  mark(stored.mutable_next_hop());
  mark(stored.mutable_translated_source_address());
  mark(stored.mutable_translated_destination_address());
  return stored;
}

}  // namespace noroshi::for_test
