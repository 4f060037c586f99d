#include "judge/judge.h"
#include "model/flow_batch.h"

namespace noroshi {

View view_of(const ContactSummary& summary) {
  std::uint64_t acknowledged = 0;
  std::uint64_t acknowledged_unheard = 0;
  std::uint64_t conversing = 0;
  std::uint64_t opened_in_view = 0;
  for (const auto& contact : summary.contacts) {
    if (contact.server.protocol != kTcp) continue;
    if ((contact.tcp_flags_up & kTcpAck) != 0) {
      ++acknowledged;
      if (contact.packets_down == 0) ++acknowledged_unheard;
    }
    if (contact.sampling_rate == 0 && contact.answered > 0) {
      ++conversing;
      if ((contact.tcp_flags_up & kTcpSyn) != 0) ++opened_in_view;
    }
  }
  View view;
  view.timeouts = summary.timeouts;
  view.one_way = acknowledged >= 4 && acknowledged_unheard * 2 > acknowledged;
  // Sampling 1 in N misses the one opening packet of most connections; a sensor that shows it for
  // most of the connections it knows sees every packet. With no TCP to tell by, whoever wrote no
  // rate into the recording is taken at its word only if nothing speaks against it.
  view.unstated_is_unsampled = conversing == 0 || opened_in_view * 2 >= conversing;
  return view;
}

}  // namespace noroshi
