#include "decode/session.h"

#include <utility>

namespace noroshi {

Session& SessionTable::open(const SessionKey& key, DecodeStatistics& statistics) {
  if (auto* known = sessions_.find(key); known != nullptr) return *known;
  if (sessions_.full()) {
    template_fields_ -= sessions_.oldest().second.template_fields;
    sessions_.evict_oldest();
    ++statistics.sessions_evicted;
  }
  return sessions_.insert(key, Session(limits_));
}

void SessionTable::learn(Session& session, std::uint16_t template_id, TemplateDefinition definition,
                         DecodeStatistics& statistics) {
  if (auto* known = session.templates.find(template_id); known != nullptr) {
    if (known->definition == definition) return;
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
  session.templates.insert(template_id, Template(std::move(definition)));
  ++statistics.templates;
  // This session is the most recently used, so it is the last that could be evicted; alone it is
  // bounded by its own limits.
  while (template_fields_ > limits_.template_fields && sessions_.size() > 1) {
    template_fields_ -= sessions_.oldest().second.template_fields;
    sessions_.evict_oldest();
    ++statistics.sessions_evicted;
  }
}

void SessionTable::withdraw(Session& session, std::uint16_t template_id,
                            DecodeStatistics& statistics) {
  const auto* known = session.templates.find(template_id);
  if (known == nullptr) return;
  forget(session, *known);
  session.templates.erase(template_id);
  ++statistics.templates_withdrawn;
}

void SessionTable::withdraw_all(Session& session, bool options, DecodeStatistics& statistics) {
  statistics.templates_withdrawn +=
      session.templates.erase_if([&](std::uint16_t, const Template& known) {
        if (known.definition.is_options != options) return false;
        forget(session, known);
        return true;
      });
}

void SessionTable::forget(Session& session, const Template& old) {
  session.template_fields -= old.definition.fields.size();
  template_fields_ -= old.definition.fields.size();
}

}  // namespace noroshi
