#include "guard/cases/chronicle.h"

#include <algorithm>
#include <charconv>

namespace noroshi {
namespace {

constexpr std::chrono::hours kRevealsKept{48};

std::uint32_t number_of(std::string_view text) {
  std::uint32_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace

std::string detail_of(const AuditEntry& entry, std::string_view name) {
  const auto found =
      std::ranges::find(entry.details, name, &std::pair<std::string, std::string>::first);
  return found == entry.details.end() ? "" : found->second;
}

void CaseChronicle::recall(const AuditEntry& entry, Timestamp time) {
  const std::lock_guard lock(mutex_);
  const auto person = detail_of(entry, "person");
  const auto request = detail_of(entry, "request");
  if (entry.kind == "case") {
    auto& facts = cases_[entry.case_id];
    if (detail_of(entry, "act") == "opened") facts.digest = detail_of(entry, "digest");
    facts.closed = detail_of(entry, "act") == "closed";
  } else if (entry.kind == "reveal-asked") {
    RevealFacts facts;
    facts.digest = detail_of(entry, "digest");
    facts.asked_by = person;
    facts.asked = time;
    facts.pseudonyms = number_of(detail_of(entry, "pseudonyms"));
    facts.bulk = detail_of(entry, "bulk") == "yes";
    reveals_[request] = std::move(facts);
  } else if (entry.kind == "approved" && reveals_.contains(request)) {
    reveals_[request].approved_by.insert(person);
  } else if (entry.kind == "rejected" && reveals_.contains(request)) {
    reveals_[request].rejected_by.insert(person);
  } else if (entry.kind == "revealed") {
    if (const auto found = reveals_.find(request); found != reveals_.end())
      found->second.shown = true;
    revealed_.emplace_back(time, number_of(detail_of(entry, "pseudonyms")));
    while (time - revealed_.front().first > kRevealsKept) revealed_.pop_front();
  } else if (entry.kind == "read" && !entry.who.starts_with("system:")) {
    last_read_[entry.purpose] = time;
  }
}

std::optional<CaseChronicle::CaseFacts> CaseChronicle::find_case(std::string_view id) const {
  const std::lock_guard lock(mutex_);
  const auto found = cases_.find(id);
  return found == cases_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<CaseChronicle::RevealFacts> CaseChronicle::find_reveal(std::string_view id) const {
  const std::lock_guard lock(mutex_);
  const auto found = reveals_.find(id);
  return found == reveals_.end() ? std::nullopt : std::optional(found->second);
}

std::map<std::string, CaseChronicle::CaseFacts, std::less<>> CaseChronicle::cases() const {
  const std::lock_guard lock(mutex_);
  return cases_;
}

std::map<std::string, CaseChronicle::RevealFacts, std::less<>> CaseChronicle::reveals() const {
  const std::lock_guard lock(mutex_);
  return reveals_;
}

std::uint32_t CaseChronicle::revealed_since(Timestamp since) const {
  const std::lock_guard lock(mutex_);
  std::uint32_t pseudonyms = 0;
  for (const auto& [time, count] : revealed_)
    if (time >= since) pseudonyms += count;
  return pseudonyms;
}

std::uint32_t CaseChronicle::asked_since(std::string_view person, Timestamp since) const {
  const std::lock_guard lock(mutex_);
  std::uint32_t pseudonyms = 0;
  for (const auto& [id, facts] : reveals_)
    if (facts.asked_by == person && facts.asked >= since && !facts.bulk)
      pseudonyms += facts.pseudonyms;
  return pseudonyms;
}

std::optional<Timestamp> CaseChronicle::last_read(std::string_view purpose) const {
  const std::lock_guard lock(mutex_);
  const auto found = last_read_.find(purpose);
  return found == last_read_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace noroshi
