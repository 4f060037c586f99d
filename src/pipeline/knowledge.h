#pragma once

#include <map>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "enrich/warning_lists.h"
#include "intel/indicator_index.h"
#include "intel/source_record.h"
#include "judge/classifier/server_model.h"
#include "judge/intelligence/listed.h"
#include "model/contact.h"
#include "model/service.h"
#include "model/sighting.h"

namespace noroshi {

/// What is known of addresses from outside the flows that are judged. Refers to its parts, which
/// outlive the judgement.
struct Knowledge {
  const IndicatorIndex* indicators = nullptr;
  /// How often each feed was right, by its name; a feed that is not here was never measured.
  const std::map<std::string, SourceRecord>* records = nullptr;
  const WarningLists* warnings = nullptr;
  std::span<const Sighting> sightings{};
  /// A learning judge to be asked too; one judgement at a time.
  const ServerModel* model = nullptr;
};

using WordsOnServers = std::unordered_map<Endpoint, std::vector<SourceWord>>;

/// What the feeds say of the servers in `contacts`, each word as old as it is at `now` (ms since
/// 1970 UTC; what a feed says only later counts as fresh). Servers that none lists are not in the
/// answer.
[[nodiscard]] WordsOnServers words_on(std::span<const Contact> contacts, const Knowledge& knowledge,
                                      std::uint64_t now);

/// What the port, else a warning list, knows an endpoint for: hard lists suppress, soft ones shift.
/// A sinkhole (relabel) is a C&C server that defenders run: it is judged like any.
[[nodiscard]] KnownService service_of(const Endpoint& server, const Knowledge& knowledge);

}  // namespace noroshi
