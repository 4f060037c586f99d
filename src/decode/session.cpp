#include "decode/session.h"

#include <utility>

namespace noroshi {

bool acceptable(std::uint16_t template_id, const TemplateDefinition& definition) {
  constexpr std::size_t kLongestRecord = 65'535;
  const auto shortest = definition.shortest_record();
  return template_id >= kFirstTemplate && shortest > 0 && shortest <= kLongestRecord;
}

Session& SessionTable::open(const SessionKey& key, DecodeStatistics& statistics) {
  if (auto* known = sessions_.find(key); known != nullptr) return *known;
  if (sessions_.full()) evict_oldest(statistics);
  return sessions_.insert(key, Session(limits_));
}

Template& SessionTable::learn(Session& session, std::uint16_t template_id,
                              TemplateDefinition definition, std::uint64_t announced,
                              DecodeStatistics& statistics) {
  if (auto* known = session.templates.find(template_id); known != nullptr) {
    if (known->definition == definition) {
      known->announced = announced;
      known->provisional = false;
      return *known;
    }
    forget(session, *known);
    session.templates.erase(template_id);
    ++statistics.templates_replaced;
  } else if (session.templates.full()) {
    forget(session, session.templates.oldest().second);
    session.templates.evict_oldest();
    ++statistics.templates_evicted;
  }
  session.template_fields += definition.fields.size();
  template_fields_ += definition.fields.size();
  auto& learnt = session.templates.insert(template_id, Template(std::move(definition), announced));
  ++statistics.templates;
  // One exporter that defines without end pushes out its own templates, not those of others.
  while (session.template_fields > limits_.template_fields_per_session &&
         session.templates.size() > 1) {
    forget(session, session.templates.oldest().second);
    session.templates.evict_oldest();
    ++statistics.templates_evicted;
  }
  // This session is the most recently used, so it is the last that could be evicted; alone it is
  // bounded by its own limits.
  while (template_fields_ > limits_.template_fields && sessions_.size() > 1)
    evict_oldest(statistics);
  return learnt;
}

void SessionTable::withdraw(Session& session, std::uint16_t template_id,
                            DecodeStatistics& statistics) {
  const auto* known = session.templates.find(template_id);
  if (known == nullptr) return;
  forget(session, *known);
  session.templates.erase(template_id);
  ++statistics.templates_withdrawn;
}

void SessionTable::evict_oldest(DecodeStatistics& statistics) {
  const auto& oldest = sessions_.oldest().second;
  template_fields_ -= oldest.template_fields;
  interfaces_ -= oldest.interfaces.size();
  statistics.interface_names_evicted += oldest.interfaces.size();
  sessions_.evict_oldest();
  ++statistics.sessions_evicted;
}

void SessionTable::settle_interfaces(const Session& session, std::size_t before,
                                     DecodeStatistics& statistics) {
  interfaces_ += session.interfaces.size();
  interfaces_ -= before;
  while (interfaces_ > limits_.interfaces) {
    auto* oldest = sessions_.oldest_where(
        [](const SessionKey&, const Session& each) { return each.interfaces.size() > 0; });
    // Alone, this session is bounded by its own limit.
    if (oldest == nullptr || &oldest->second == &session) return;
    interfaces_ -= oldest->second.interfaces.size();
    statistics.interface_names_evicted += oldest->second.interfaces.size();
    oldest->second.interfaces.clear();
  }
}

void SessionTable::expire(Session& session, std::uint16_t template_id) {
  DecodeStatistics uncounted;  // its exporter has withdrawn nothing
  withdraw(session, template_id, uncounted);
}

void SessionTable::withdraw_all(Session& session, bool options, DecodeStatistics& statistics) {
  statistics.templates_withdrawn +=
      session.templates.erase_if([&](std::uint16_t, const Template& known) {
        if (known.definition.is_options != options) return false;
        forget(session, known);
        return true;
      });
}

std::vector<SessionReport> SessionTable::reports() const {
  std::vector<SessionReport> reports;
  reports.reserve(sessions_.size());
  const auto& sessions = sessions_.entries();
  // By iterators, here and below: clang 14 cannot see std::views::reverse.
  for (auto entry = sessions.rbegin(); entry != sessions.rend(); ++entry) {
    const auto& [key, session] = *entry;
    auto& report = reports.emplace_back(SessionReport{
        key, session.templates.size(), 0, session.sampling.rates(), session.interfaces.snapshot()});
    for (const auto& [id, known] : session.templates.entries())
      report.provisional_templates += known.provisional ? 1 : 0;
  }
  return reports;
}

std::vector<SavedSession> SessionTable::save() const {
  std::vector<SavedSession> all;
  const auto& sessions = sessions_.entries();
  for (auto entry = sessions.rbegin(); entry != sessions.rend(); ++entry) {
    const auto& [key, session] = *entry;
    // NetFlow v5 says all of this in every header.
    if (key.protocol == ExportProtocol::kNetflow5) continue;
    SavedSession saved{key, {}, session.sampling.save(), session.system_start.save(), {}};
    if (const auto names = session.interfaces.snapshot(); names != nullptr)
      saved.interfaces = *names;
    const auto& templates = session.templates.entries();
    for (auto named = templates.rbegin(); named != templates.rend(); ++named)
      saved.templates.push_back({named->first, named->second.announced, named->second.definition});
    const bool anything =
        !saved.templates.empty() || !saved.sampling.empty() || !saved.interfaces.empty();
    if (anything) all.push_back(std::move(saved));
  }
  return all;
}

void SessionTable::restore(const SavedSession& saved, std::uint64_t not_before) {
  if (sessions_.full() || sessions_.find(saved.key) != nullptr) return;
  std::size_t fields = 0;
  for (const auto& kept : saved.templates) fields += kept.definition.fields.size();
  if (template_fields_ + fields > limits_.template_fields) return;
  DecodeStatistics uncounted;  // these are not announcements
  auto& session = open(saved.key, uncounted);
  session.sampling.restore(saved.sampling);
  session.system_start.restore(saved.system_start);
  if (interfaces_ + saved.interfaces.size() <= limits_.interfaces) {
    session.interfaces.restore(saved.interfaces);
    interfaces_ += session.interfaces.size();
  }
  for (const auto& kept : saved.templates) {
    if (kept.announced < not_before || !acceptable(kept.id, kept.definition)) continue;
    if (kept.definition.fields.size() > limits_.fields_per_template) continue;
    learn(session, kept.id, kept.definition, kept.announced, uncounted).provisional = true;
  }
}

void SessionTable::forget(Session& session, const Template& old) {
  session.template_fields -= old.definition.fields.size();
  template_fields_ -= old.definition.fields.size();
}

}  // namespace noroshi
