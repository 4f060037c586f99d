#include "record/flow_table.h"

#include <algorithm>

#include "base/check.h"

namespace noroshi {
namespace {

constexpr std::size_t kFewestSlots = 1024;

}  // namespace

FlowTable::FlowTable(std::size_t most_flows, std::uint64_t seed)
    : most_flows_(std::clamp<std::size_t>(most_flows, 1, UINT32_MAX / 4)),
      seed_(seed),
      slots_(kFewestSlots) {}

std::optional<FlowTable::Handle> FlowTable::find(const FlowKey& key) const {
  const auto mask = slots_.size() - 1;
  const auto hash = hash_of(key);
  for (std::size_t at = hash & mask; slots_[at].handle != kNone; at = (at + 1) & mask)
    if (slots_[at].hash == hash && nodes_[slots_[at].handle].flow.key == key)
      return slots_[at].handle;
  return std::nullopt;
}

FlowTable::Handle FlowTable::insert(const FlowKey& key) {
  CHECK(!full());
  if ((size_ + 1) * 2 > slots_.size()) grow_slots();
  auto handle = unused_;
  if (handle == kNone) {
    handle = static_cast<Handle>(nodes_.size());
    nodes_.emplace_back();
    neighbours_.emplace_back();
  } else {
    unused_ = neighbours_[handle].newer;
    nodes_[handle] = Node{};
  }
  auto& node = nodes_[handle];
  node.flow.key = key;
  node.hash = hash_of(key);
  place({.handle = handle, .hash = node.hash});
  link_as_newest(handle);
  ++size_;
  return handle;
}

void FlowTable::touch(Handle handle) {
  if (handle == newest_) return;
  unlink(handle);
  link_as_newest(handle);
}

std::optional<FlowTable::Handle> FlowTable::oldest() const {
  return oldest_ == kNone ? std::nullopt : std::optional(oldest_);
}

void FlowTable::remove(Handle handle) {
  const auto mask = slots_.size() - 1;
  std::size_t hole = nodes_[handle].hash & mask;
  while (slots_[hole].handle != handle) {
    CHECK(slots_[hole].handle != kNone);
    hole = (hole + 1) & mask;
  }
  // Closing the gap, instead of marking it, keeps searches short however many flows come and go.
  for (std::size_t at = (hole + 1) & mask; slots_[at].handle != kNone; at = (at + 1) & mask) {
    const std::size_t home = slots_[at].hash & mask;
    if (((at - home) & mask) < ((at - hole) & mask)) continue;
    slots_[hole] = slots_[at];
    hole = at;
  }
  slots_[hole] = {};

  unlink(handle);
  neighbours_[handle].newer = unused_;
  unused_ = handle;
  --size_;
}

void FlowTable::place(Slot slot) {
  const auto mask = slots_.size() - 1;
  std::size_t at = slot.hash & mask;
  while (slots_[at].handle != kNone) at = (at + 1) & mask;
  slots_[at] = slot;
}

void FlowTable::grow_slots() {
  std::vector<Slot> smaller(slots_.size() * 2);
  smaller.swap(slots_);
  for (const auto& slot : smaller)
    if (slot.handle != kNone) place(slot);
}

void FlowTable::link_as_newest(Handle handle) {
  neighbours_[handle] = {.older = newest_, .newer = kNone};
  (newest_ == kNone ? oldest_ : neighbours_[newest_].newer) = handle;
  newest_ = handle;
}

void FlowTable::unlink(Handle handle) {
  const auto [older, newer] = neighbours_[handle];
  (older == kNone ? oldest_ : neighbours_[older].newer) = newer;
  (newer == kNone ? newest_ : neighbours_[newer].older) = older;
}

}  // namespace noroshi
