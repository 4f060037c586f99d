#include "question/key_columns.h"

#include <algorithm>
#include <utility>

#include "base/byte_order.h"
#include "base/check.h"

namespace noroshi {
namespace {

/// Bits of a number; 0 for an address.
unsigned width_of(Element element) {
  switch (element) {
    case Element::kSourceAddress:
    case Element::kDestinationAddress:
    case Element::kAnyAddress:
    case Element::kExporter:
    case Element::kNextHop:
      return 0;
    case Element::kProtocol:
    case Element::kTcpFlags:
      return 8;
    case Element::kSourcePort:
    case Element::kDestinationPort:
    case Element::kAnyPort:
    case Element::kVlan:
    case Element::kSourceCountry:
    case Element::kDestinationCountry:
    case Element::kAnyCountry:
      return 16;
    case Element::kSourceAs:
    case Element::kDestinationAs:
    case Element::kAnyAs:
    case Element::kInputInterface:
    case Element::kOutputInterface:
    case Element::kAnyInterface:
    case Element::kObservationDomain:
    case Element::kSamplingRate:
      return 32;
  }
  return 0;
}

/// The column that an element means, seen from one side.
Element one_side(Element element, std::size_t side) {
  const bool source = side == 0;
  switch (element) {
    case Element::kAnyAddress:
      return source ? Element::kSourceAddress : Element::kDestinationAddress;
    case Element::kAnyPort:
      return source ? Element::kSourcePort : Element::kDestinationPort;
    case Element::kAnyAs:
      return source ? Element::kSourceAs : Element::kDestinationAs;
    case Element::kAnyInterface:
      return source ? Element::kInputInterface : Element::kOutputInterface;
    case Element::kAnyCountry:
      return source ? Element::kSourceCountry : Element::kDestinationCountry;
    default:
      return element;
  }
}

std::span<const IpAddress> address_column(const FlowBatch& batch, Element element) {
  switch (element) {
    case Element::kSourceAddress:
      return batch.source_address();
    case Element::kDestinationAddress:
      return batch.destination_address();
    case Element::kNextHop:
      return batch.next_hop();
    default:
      return batch.exporter();
  }
}

/// Calls `visit` with the column of a number.
template <typename Visitor>
void with_number_column(const FlowBatch& batch, Element element, const Visitor& visit) {
  switch (element) {
    case Element::kSourcePort:
      return visit(batch.source_port());
    case Element::kDestinationPort:
      return visit(batch.destination_port());
    case Element::kProtocol:
      return visit(batch.protocol());
    case Element::kSourceAs:
      return visit(batch.source_as());
    case Element::kDestinationAs:
      return visit(batch.destination_as());
    case Element::kInputInterface:
      return visit(batch.input_interface());
    case Element::kOutputInterface:
      return visit(batch.output_interface());
    case Element::kVlan:
      return visit(batch.vlan());
    case Element::kObservationDomain:
      return visit(batch.observation_domain_id());
    case Element::kSourceCountry:
      return visit(batch.source_country());
    case Element::kDestinationCountry:
      return visit(batch.destination_country());
    case Element::kTcpFlags:
      return visit(batch.tcp_flags());
    default:
      return visit(batch.sampling_rate());
  }
}

/// The `bits` (0 to 128) leftmost bits of an address, as masks of its two words.
std::pair<std::uint64_t, std::uint64_t> masks_of(unsigned bits) {
  const auto leftmost = [](unsigned count) {
    return count == 0 ? 0 : ~std::uint64_t{0} << (64 - std::min(count, 64u));
  };
  return {leftmost(std::min(bits, 64u)), leftmost(bits > 64 ? bits - 64 : 0)};
}

void pack_networks(std::span<const IpAddress> column, std::span<const std::uint32_t> rows,
                   const Key& key, std::size_t words, std::uint64_t* out) {
  const auto [v4_high, v4_low] = masks_of(96u + key.v4_bits);
  const auto [v6_high, v6_low] = masks_of(key.v6_bits);
  for (const auto row : rows) {
    const auto& address = column[row];
    const auto high = address.high();
    const auto low = address.low();
    const bool v4 = address.is_of_v4();
    out[0] = high & (v4 ? v4_high : v6_high);
    out[1] = low & (v4 ? v4_low : v6_low);
    out += words;
  }
}

void pack_addresses(std::span<const IpAddress> column, std::span<const std::uint32_t> rows,
                    std::size_t words, std::uint64_t* out) {
  for (const auto row : rows) {
    out[0] = column[row].high();
    out[1] = column[row].low();
    out += words;
  }
}

IpAddress address_of(std::uint64_t high, std::uint64_t low) {
  std::array<std::byte, 16> bytes{};
  store_big_endian(bytes.data(), high);
  store_big_endian(bytes.data() + 8, low);
  return IpAddress::from_bytes(bytes);
}

}  // namespace

KeyColumns::KeyColumns(std::vector<Key> keys, std::optional<std::uint64_t> step) : step_(step) {
  CHECK(!step_ || *step_ > 0);
  words_ = step_ ? 1 : 0;
  unsigned free_bits = 0;  // to the right in the last word
  for (const auto& key : keys) {
    const auto width = width_of(key.element);
    if (width == 0) {
      places_.push_back({.key = key, .word = words_});
      words_ += 2;
      free_bits = 0;
    } else {
      if (free_bits < width) {
        ++words_;
        free_bits = 64;
      }
      free_bits -= width;
      places_.push_back({.key = key, .word = words_ - 1, .shift = free_bits, .width = width});
    }
    if (is_either_side(key.element)) sides_ = 2;
  }
  if (places_.size() == 1 && !step_ && places_[0].width > 0) {
    places_[0].shift = 0;
    small_ = places_[0].width <= 16;
  }
}

void KeyColumns::pack(const Selection& selection, std::size_t side,
                      std::vector<std::uint64_t>& packed) const {
  packed.assign(selection.size() * words_, 0);
  if (packed.empty()) return;
  if (step_) {
    auto* out = packed.data();
    for (const auto last : selection.last()) {
      *out = last - last % *step_;
      out += words_;
    }
  }
  const Key whole;
  for (const auto& place : places_) {
    auto* out = packed.data() + place.word;
    const auto element = one_side(place.key.element, side);
    if (place.width == 0) {
      const auto column = address_column(selection.batch(), element);
      if (place.key.v4_bits == whole.v4_bits && place.key.v6_bits == whole.v6_bits)
        pack_addresses(column, selection.rows(), words_, out);
      else
        pack_networks(column, selection.rows(), place.key, words_, out);
      continue;
    }
    with_number_column(selection.batch(), element, [&](auto column) {
      for (const auto row : selection.rows()) {
        *out |= std::uint64_t{column[row]} << place.shift;
        out += words_;
      }
    });
  }
}

std::vector<KeyValue> KeyColumns::unpack(std::span<const std::uint64_t> packed) const {
  CHECK(packed.size() == words_);
  std::vector<KeyValue> values;
  values.reserve(places_.size() + 1);
  if (step_) values.emplace_back(packed[0]);
  for (const auto& place : places_) {
    if (place.width == 0)
      values.emplace_back(address_of(packed[place.word], packed[place.word + 1]));
    else
      values.emplace_back(packed[place.word] >> place.shift &
                          ((std::uint64_t{1} << place.width) - 1));
  }
  return values;
}

}  // namespace noroshi
