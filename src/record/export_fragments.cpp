#include "record/export_fragments.h"

#include <utility>

namespace noroshi {
namespace {

constexpr std::size_t kUdpHeaderLength = 8;  // the first fragment's payload lies behind it

}  // namespace

std::size_t ExportFragments::KeyHash::operator()(const Key& key) const {
  const auto source = mix(key.source.high() ^ seed, key.source.low());
  const auto destination = mix(key.destination.high(), key.destination.low());
  return mix(mix(source, destination), key.fragment_id);
}

void ExportFragments::begin(const PacketHeaders& first, std::span<const std::byte> payload,
                            std::size_t length) {
  const Key key{first.source_address, first.destination_address, first.fragment_id};
  open_.erase(key);  // identifications come round again
  if (open_.full()) open_.evict_oldest();
  open_.insert(key, {.source_port = first.source_port,
                     .length = length,
                     .broken = false,
                     .payload = {payload.begin(), payload.end()}});
  ++incomplete_;
}

ExportFragments::Addition ExportFragments::add(const PacketHeaders& later,
                                               std::span<const std::byte> payload) {
  const Key key{later.source_address, later.destination_address, later.fragment_id};
  auto* partial = open_.find(key);
  if (partial == nullptr) return {};
  Addition addition{.belongs = true, .whole = {}};
  if (partial->broken) return addition;
  const bool follows = later.fragment_offset == partial->payload.size() + kUdpHeaderLength;
  if (!follows || payload.size() > partial->length - partial->payload.size()) {
    partial->broken = true;
    partial->payload = {};
    return addition;
  }
  partial->payload.insert(partial->payload.end(), payload.begin(), payload.end());
  if (partial->payload.size() == partial->length) {
    addition.whole = Whole{partial->source_port, std::move(partial->payload)};
    open_.erase(key);
    --incomplete_;
  }
  return addition;
}

}  // namespace noroshi
