#include "pipeline/analysis.h"

#include <random>
#include <utility>

#include "enrich/known_service.h"
#include "net/address_kind.h"
#include "summarise/summariser.h"

namespace noroshi {
namespace {

std::uint64_t random_seed() {
  std::random_device device;
  return static_cast<std::uint64_t>(device()) << 32 | device();
}

/// Reads one file into the summariser; what goes wrong is added to the analysis.
void read_into(Summariser& summariser, const std::string& file, const AnalysisOptions& options,
               Analysis& analysis) {
  RecordingOptions recording_options;
  recording_options.default_sampling_rate = options.default_sampling_rate;
  auto recording = open_recording(file, recording_options);
  if (!recording) {
    analysis.failures.push_back(recording.error());
    return;
  }
  FlowBatch batch(Recording::kRowsPerRead);
  bool ended = false;
  while (!ended) {
    const auto more = (*recording)->read(batch);
    if (!more) {
      analysis.failures.push_back(in_context(file, more.error()));
      break;
    }
    ended = !*more;
    summariser.add(batch);
    if (options.on_read) options.on_read(file, **recording);
  }
  ++analysis.files_read;
  if (options.on_end) options.on_end(file, **recording);
}

}  // namespace

Judgement judge_contacts(const ContactSummary& summary, const LocalSide& local,
                         const Knowledge& knowledge, bool with_features) {
  std::vector<ContactFacts> facts;
  facts.reserve(summary.contacts.size());
  for (const auto& contact : summary.contacts)
    facts.push_back({.client_is_local = local.contains(contact.client),
                     .server_is_local = local.contains(contact.server.address) &&
                                        local.ground != LocalSide::Ground::kUnknown,
                     .server_can_serve = can_serve(kind_of(contact.server.address)),
                     .service = service_of(contact.server, knowledge)});
  std::vector<KnownService> activity_services;
  activity_services.reserve(summary.port_activity.size());
  for (const auto& activity : summary.port_activity)
    activity_services.push_back(known_service({IpAddress(), activity.port, activity.protocol}));
  const auto words = words_on(summary.contacts, knowledge, summary.last);
  return judge({summary, facts, activity_services, knowledge.sightings, &words, with_features,
                knowledge.model});
}

Analysis analyse(const AnalysisOptions& options) {
  Analysis analysis;
  Summariser::Config config;
  config.conversations.hash_seed = random_seed();
  config.contacts.hash_seed = random_seed();
  Summariser summariser(config);
  for (const auto& file : options.files) read_into(summariser, file, options, analysis);
  analysis.summary = summariser.finish();
  analysis.local = local_side_of(analysis.summary.contacts, options.local);
  analysis.judgement = judge_contacts(analysis.summary, analysis.local, options.knowledge);
  return analysis;
}

}  // namespace noroshi
