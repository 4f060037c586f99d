#include "pipeline/knowledge.h"

#include "enrich/known_service.h"

namespace noroshi {

WordsOnServers words_on(std::span<const Contact> contacts, const Knowledge& knowledge,
                        std::uint64_t now) {
  WordsOnServers words;
  if (knowledge.indicators == nullptr) return words;
  const Endpoint* before = nullptr;
  for (const auto& contact : contacts) {
    // Contacts are sorted by server.
    if (before != nullptr && *before == contact.server) continue;
    before = &contact.server;
    for (const auto& listing : knowledge.indicators->find(contact.server)) {
      const auto& feed = *listing.feed;
      SourceRecord record;
      if (knowledge.records != nullptr)
        if (const auto measured = knowledge.records->find(feed.name);
            measured != knowledge.records->end())
          record = measured->second;
      const auto vouched = listing.vouched();
      words[contact.server].push_back(
          {feed.name,
           decayed(record.precision(), now > vouched ? now - vouched : 0, feed.half_life_days),
           listing.same_port});
    }
  }
  return words;
}

KnownService service_of(const Endpoint& server, const Knowledge& knowledge) {
  const auto by_port = known_service(server);
  if (knowledge.warnings == nullptr || by_port.weight == ServiceWeight::kHard) return by_port;
  if (const auto* hard = knowledge.warnings->find(WarningClass::kHard, server.address))
    return {ServiceWeight::kHard, hard->name};
  if (by_port.weight == ServiceWeight::kSoft) return by_port;
  if (const auto* soft = knowledge.warnings->find(WarningClass::kSoft, server.address))
    return {ServiceWeight::kSoft, soft->name};
  return by_port;
}

}  // namespace noroshi
