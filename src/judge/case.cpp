#include "judge/case.h"

#include <fmt/format.h>

#include "model/flow_batch.h"

namespace noroshi {
namespace {

constexpr std::uint64_t kLeastReturns = 3;
constexpr std::uint64_t kLeastSpan = 60'000;
constexpr std::uint64_t kLongStay = 600'000;
/// With no answer among this many sampled packets an answering server, which sends about as many,
/// is ruled out: (1/2)^8 < 0.4 %.
constexpr std::uint64_t kSilentPackets = 8;

}  // namespace

bool is_sustained(const Contact& contact) {
  return (contact.connections >= kLeastReturns && contact.last - contact.first >= kLeastSpan) ||
         contact.longest >= kLongStay;
}

std::uint64_t unanswered(const Contact& contact, const View& view) {
  const auto sampling = view.sampling_of(contact);
  if (sampling == View::kUnknown || sampling > 1 || view.one_way) {
    const bool never_acknowledged =
        contact.server.protocol != kTcp || (contact.tcp_flags_up & kTcpAck) == 0;
    const bool silent = contact.packets_down == 0 && contact.packets_up >= kSilentPackets &&
                        never_acknowledged && (!view.one_way || contact.server.protocol == kTcp);
    return silent ? contact.connections : 0;
  }
  return contact.connections - contact.answered;
}

std::string print_seconds(double seconds) {
  if (seconds < 120) return fmt::format("{:.3g} s", seconds);
  if (seconds < 7200) return fmt::format("{:.3g} min", seconds / 60);
  return fmt::format("{:.3g} h", seconds / 3600);
}

}  // namespace noroshi
