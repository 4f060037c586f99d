#pragma once

#include <functional>
#include <span>

#include "app/config.h"
#include "base/result.h"
#include "collect/exporter_interfaces.h"
#include "enrich/warning_lists.h"
#include "filter/parse.h"

namespace noroshi {

/// The local words of the filter language that the configuration gives. The tag "subscribers" is
/// their addresses and their pseudonyms.
[[nodiscard]] FilterVocabulary vocabulary_of(const Config& config);

/// The same with the tags of warning lists: each by its name, and those of a class together.
[[nodiscard]] FilterVocabulary with_warning_lists(FilterVocabulary vocabulary,
                                                  const WarningLists& lists);
/// The same with what exporters call their interfaces, behind what the configuration calls them.
[[nodiscard]] FilterVocabulary with_announced_interfaces(
    FilterVocabulary vocabulary, std::span<const ExporterInterfaces> announced);

/// The local words for a command that asks no daemon: the lists as their files are now, of which
/// `failed` is told what is wrong with them, and the interfaces as the daemon last saved them;
/// without them where there is no such file or this user may not read it.
[[nodiscard]] FilterVocabulary read_vocabulary(const Config& config,
                                               const std::function<void(const Error&)>& failed);

/// Where the collector keeps what exporters have announced.
[[nodiscard]] std::string template_file_of(const Config& config);

}  // namespace noroshi
