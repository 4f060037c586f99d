#include "decode/interface_table.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/utf8.h"
#include "decode/address_in_text.h"

namespace noroshi {
namespace {

/// Of one UTF-8 character: C0, DEL, and C1, which begin with octet c2.
bool is_control(std::string_view character) {
  const auto first = static_cast<unsigned char>(character.front());
  if (character.size() == 1) return first < 0x20 || first == 0x7f;
  return first == 0xc2 && static_cast<unsigned char>(character[1]) < 0xa0;
}

std::string readable(std::string_view octets) {
  // Before anything is cut off: half an address is not seen to be one.
  const auto hidden = without_addresses(octets.substr(0, octets.find('\0')));
  std::string_view text = hidden;
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  std::string result;
  while (!text.empty()) {
    const auto length = utf8_length(text);
    const auto character = text.substr(0, std::max<std::size_t>(length, 1));
    const bool shown = length > 0 && !is_control(character);
    if (result.size() + (shown ? length : 1) > kLongestInterfaceText) break;
    result += shown ? character : std::string_view("?");
    text.remove_prefix(character.size());
  }
  return result;
}

}  // namespace

std::string readable_text(std::span<const std::byte> octets) {
  std::string text(octets.size(), '\0');
  std::ranges::transform(octets, text.begin(),
                         [](std::byte octet) { return std::to_integer<char>(octet); });
  return readable(text);
}

InterfaceTable::Outcome InterfaceTable::announce(std::uint32_t index,
                                                 std::optional<std::string> name,
                                                 std::optional<std::string> description,
                                                 std::uint64_t now) {
  if (auto* known = names_.find(index); known != nullptr) {
    const bool same =
        (!name || *name == known->name) && (!description || *description == known->description);
    if (same) return Outcome::kKnown;
    if (name) known->name = std::move(*name);
    if (description) known->description = std::move(*description);
    known->since = now;
    snapshot_ = nullptr;
    if (known->name.empty() && known->description.empty()) names_.erase(index);
    return Outcome::kLearnt;
  }
  InterfaceName learnt{index, now, std::move(name).value_or(""),
                       std::move(description).value_or("")};
  if (learnt.name.empty() && learnt.description.empty()) return Outcome::kKnown;
  const bool crowded = names_.full();
  if (crowded) names_.evict_oldest();
  names_.insert(index, std::move(learnt));
  snapshot_ = nullptr;
  return crowded ? Outcome::kCrowded : Outcome::kLearnt;
}

void InterfaceTable::clear() {
  names_.erase_if([](std::uint32_t, const InterfaceName&) { return true; });
  snapshot_ = nullptr;
}

std::shared_ptr<const InterfaceNames> InterfaceTable::snapshot() const {
  if (names_.size() == 0) return nullptr;
  if (snapshot_ == nullptr) {
    auto all = std::make_shared<InterfaceNames>();
    all->reserve(names_.size());
    for (const auto& [index, name] : names_.entries()) all->push_back(name);
    std::ranges::sort(*all, {}, &InterfaceName::index);
    snapshot_ = std::move(all);
  }
  return snapshot_;
}

void InterfaceTable::restore(const InterfaceNames& saved) {
  for (const auto& each : saved) {
    if (names_.full()) return;
    (void)announce(each.index, readable(each.name), readable(each.description), each.since);
  }
}

}  // namespace noroshi
