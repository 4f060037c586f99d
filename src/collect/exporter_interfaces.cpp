#include "collect/exporter_interfaces.h"

#include <map>
#include <unordered_map>
#include <utility>

namespace noroshi {
namespace {

using Latest = std::map<std::uint32_t, const InterfaceName*>;

void add(Latest& latest, const InterfaceNames& names) {
  for (const auto& each : names) {
    const auto [known, is_new] = latest.try_emplace(each.index, &each);
    if (!is_new && known->second->since < each.since) known->second = &each;
  }
}

InterfaceNames names_of(const Latest& latest) {
  InterfaceNames names;
  names.reserve(latest.size());
  for (const auto& [index, named] : latest) names.push_back(*named);
  return names;
}

class Merge {
 public:
  void add(const IpAddress& exporter, const InterfaceNames& names) {
    noroshi::add(exporters_[exporter], names);
  }

  [[nodiscard]] std::vector<ExporterInterfaces> take() const {
    std::vector<ExporterInterfaces> all;
    for (const auto& [exporter, latest] : exporters_)
      if (!latest.empty()) all.push_back({exporter, names_of(latest)});
    return all;
  }

 private:
  std::map<IpAddress, Latest> exporters_;
};

}  // namespace

std::vector<ExporterInterfaces> by_exporter(std::span<const SessionInterfaces> sessions) {
  Merge merge;
  for (const auto& session : sessions) merge.add(session.key.exporter, *session.names);
  return merge.take();
}

std::vector<ExporterInterfaces> by_exporter(std::span<const SavedSession> sessions) {
  Merge merge;
  for (const auto& session : sessions) merge.add(session.key.exporter, session.interfaces);
  return merge.take();
}

void add_names(std::span<const SessionInterfaces> names, std::vector<SavedSession>& sessions) {
  std::unordered_map<SessionKey, std::size_t, SessionKeyHash> positions;
  for (std::size_t i = 0; i < sessions.size(); ++i) positions.emplace(sessions[i].key, i);
  for (const auto& session : names) {
    const auto [position, is_new] = positions.emplace(session.key, sessions.size());
    if (is_new) {
      sessions.push_back({session.key, {}, {}, {}, *session.names});
      continue;
    }
    auto& saved = sessions[position->second].interfaces;
    Latest latest;
    add(latest, saved);
    add(latest, *session.names);
    saved = names_of(latest);
  }
}

}  // namespace noroshi
