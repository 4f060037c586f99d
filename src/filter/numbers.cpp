#include "filter/numbers.h"

namespace noroshi {

void Numbers::begin(const FlowBatch& batch) {
  batch_ = &batch;
  for (auto* derived : {&packets_, &bytes_, &duration_, &packets_per_second_, &bits_per_second_,
                        &bytes_per_packet_})
    derived->known = false;
}

template <typename Value>
Numbers::Wide Numbers::derive(Derived& derived, const Value& value) {
  if (!derived.known) {
    derived.values.resize(batch_->size());
    std::uint64_t* const out = derived.values.data();
    for (std::size_t row = 0; row < derived.values.size(); ++row) out[row] = value(row);
    derived.known = true;
  }
  return derived.values;
}

Numbers::Wide Numbers::packets() {
  const auto* one_way = batch_->packets().data();
  const auto* other_way = batch_->reverse_packets().data();
  return derive(packets_, [=](std::size_t row) { return one_way[row] + other_way[row]; });
}

Numbers::Wide Numbers::bytes() {
  const auto* one_way = batch_->bytes().data();
  const auto* other_way = batch_->reverse_bytes().data();
  return derive(bytes_, [=](std::size_t row) { return one_way[row] + other_way[row]; });
}

Numbers::Wide Numbers::duration() {
  const auto* first = batch_->first().data();
  const auto* last = batch_->last().data();
  return derive(duration_, [=](std::size_t row) {
    return last[row] < first[row] ? 0 : last[row] - first[row];
  });
}

Numbers::Wide Numbers::packets_per_second() {
  const auto counts = packets();
  const auto spans = duration();
  return derive(packets_per_second_, [=](std::size_t row) {
    return spans[row] == 0 ? 0 : counts[row] * 1'000 / spans[row];
  });
}

Numbers::Wide Numbers::bits_per_second() {
  const auto counts = bytes();
  const auto spans = duration();
  return derive(bits_per_second_, [=](std::size_t row) {
    return spans[row] == 0 ? 0 : counts[row] * 8'000 / spans[row];
  });
}

Numbers::Wide Numbers::bytes_per_packet() {
  const auto octets = bytes();
  const auto counts = packets();
  return derive(bytes_per_packet_,
                [=](std::size_t row) { return counts[row] == 0 ? 0 : octets[row] / counts[row]; });
}

std::span<const IpAddress> Numbers::addresses(AddressColumn column) const {
  switch (column) {
    case AddressColumn::kSource:
      return batch_->source_address();
    case AddressColumn::kDestination:
      return batch_->destination_address();
    case AddressColumn::kExporter:
      return batch_->exporter();
    case AddressColumn::kNextHop:
      return batch_->next_hop();
    case AddressColumn::kTranslatedSource:
      return batch_->translated_source_address();
    case AddressColumn::kTranslatedDestination:
      return batch_->translated_destination_address();
  }
  return {};
}

}  // namespace noroshi
