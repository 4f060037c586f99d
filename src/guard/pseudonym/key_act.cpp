#include "guard/pseudonym/key_act.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "guard/pseudonym/key_file.h"

namespace noroshi {
namespace {

constexpr std::array<std::string_view, 3> kActs = {"init", "rotate", "retire"};
constexpr std::string_view kFailed = " failed";
constexpr std::size_t kLongestId = 64;

bool is_act(std::string_view word) {
  if (word.ends_with(kFailed)) word.remove_suffix(kFailed.size());
  return std::ranges::find(kActs, word) != kActs.end();
}

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= kLongestId && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

}  // namespace

Status check(const KeyAct& act) {
  if (!is_act(act.act) || !is_id(act.key) || (!act.from.empty() && !hour_of_text(act.from)))
    return failure(ErrorCode::kInvalidArgument, "this is nothing that is done to a key");
  return {};
}

AuditEntry entry_of(const KeyAct& act) {
  AuditEntry entry;
  entry.kind = "key";
  entry.what = act.from.empty() ? fmt::format("key {}", act.key)
                                : fmt::format("key {} from {}", act.key, act.from);
  entry.details = {{"act", act.act}, {"key", act.key}};
  if (!act.from.empty()) entry.details.emplace_back("from", act.from);
  return entry;
}

AuditEntry KeyWatch::seen(const PseudonymTables* tables) {
  std::string keys;
  if (tables != nullptr)
    for (const auto& use : tables->uses())
      keys += fmt::format("{}{} from {}", keys.empty() ? "" : ", ", use.key.id,
                          hour_text(use.key.from));
  if (keys == last_) return {};
  last_ = keys;
  AuditEntry entry;
  entry.kind = "key";
  entry.who = "system:pseudonyms";
  entry.what = keys.empty() ? "no key is in use" : "keys in use: " + keys;
  entry.details = {{"act", "taken over"}};
  return entry;
}

}  // namespace noroshi
