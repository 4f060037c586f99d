#include "app/vocabulary.h"

#include <utility>

#include "collect/template_file.h"

namespace noroshi {

FilterVocabulary vocabulary_of(const Config& config) {
  FilterVocabulary vocabulary;
  vocabulary.tags = config.tags;
  if (!config.subscribers.empty()) {
    auto ranges = config.subscribers;
    for (const auto& range : config.subscribers)
      ranges.push_back(Prefix::of(range.address().marked(), range.length()));
    vocabulary.tags.try_emplace("subscribers", std::move(ranges));
  }
  for (const auto& exporter : config.exporters)
    vocabulary.exporters[exporter.name] = exporter.addresses;
  for (const auto& exporter : config.exporters)
    for (const auto& address : exporter.addresses)
      for (const auto& [index, name, external] : exporter.interfaces)
        vocabulary.interfaces.push_back({.exporter = address,
                                         .index = index,
                                         .name = name,
                                         .description = {},
                                         .external = external,
                                         .configured = true});
  return vocabulary;
}

FilterVocabulary with_warning_lists(FilterVocabulary vocabulary, const WarningLists& lists) {
  for (const auto& list : lists.lists()) {
    vocabulary.tags[list->name] = list->prefixes;
    auto& all = vocabulary.tags[warning_tag(list->kind)];
    all.insert(all.end(), list->prefixes.begin(), list->prefixes.end());
  }
  return vocabulary;
}

FilterVocabulary with_announced_interfaces(FilterVocabulary vocabulary,
                                           std::span<const ExporterInterfaces> announced) {
  for (const auto& [exporter, names] : announced) {
    const auto prefix = Prefix::of(exporter, exporter.is_of_v4() ? 32 : 128);
    for (const auto& each : names)
      vocabulary.interfaces.push_back({.exporter = prefix,
                                       .index = each.index,
                                       .name = each.name,
                                       .description = each.description,
                                       .external = false,
                                       .configured = false});
  }
  return vocabulary;
}

FilterVocabulary read_vocabulary(const Config& config,
                                 const std::function<void(const Error&)>& failed) {
  WarningFiles files(config.enrich.warning_lists);
  (void)files.refresh(failed);
  auto vocabulary = with_warning_lists(vocabulary_of(config), *files.current());
  const auto saved = read_template_file(template_file_of(config));
  if (!saved) return vocabulary;
  return with_announced_interfaces(std::move(vocabulary), by_exporter(*saved));
}

std::string template_file_of(const Config& config) { return config.serve.state + "/templates"; }

}  // namespace noroshi
