#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "api/server.h"
#include "app/config.h"
#include "base/result.h"
#include "collect/collector.h"
#include "enrich/origins.h"
#include "filter/parse.h"
#include "guard/pseudonym/pseudonym_keeper.h"
#include "pipeline/kept_history.h"
#include "pipeline/upkeep.h"

namespace noroshi {

/// A configuration in the terms of the components it is for. Made without opening anything.
struct Plan {
  Collector::Config collector;
  std::optional<KeptHistory::Config> history;  ///< none: nothing is kept
  Upkeep::Config upkeep;
  HttpServer::Config server;
  PseudonymKeeper::Config pseudonyms;
  FilterVocabulary vocabulary;
};
[[nodiscard]] Result<Plan> plan_of(const Config& config);

/// The configuration of a folder as `noroshi collect --store` keeps it: its subscribers are those
/// that it has pseudonyms of.
[[nodiscard]] Result<Config> config_of_store(const std::string& folder);

/// Where the keys of pseudonyms are.
[[nodiscard]] std::string key_file_of(const Config& config);

/// The table of origins that the configuration names; null when it names none.
[[nodiscard]] Result<std::shared_ptr<const Origins>> open_origins(const Config::Enrich& enrich);

}  // namespace noroshi
