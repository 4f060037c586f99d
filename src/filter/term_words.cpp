#include "filter/term_words.h"

#include <algorithm>
#include <iterator>

namespace noroshi {
namespace {

constexpr TermWord kWords[] = {
    {"any", TermWord::Form::kAny},
    {"inet", TermWord::Form::kFamily},
    {"ipv4", TermWord::Form::kFamily},
    {"inet6", TermWord::Form::kFamily},
    {"ipv6", TermWord::Form::kFamily},
    {"proto", TermWord::Form::kNumber, TermWord::Sides::kNone, Number::kProtocol},
    {"ip", TermWord::Form::kAddress, TermWord::Sides::kSourceDestination},
    {"host", TermWord::Form::kAddress, TermWord::Sides::kSourceDestination},
    {"xip", TermWord::Form::kAddress, TermWord::Sides::kSourceDestination},
    {"nip", TermWord::Form::kAddress, TermWord::Sides::kSourceDestination},
    {"net", TermWord::Form::kNetwork, TermWord::Sides::kSourceDestination},
    {"xnet", TermWord::Form::kNetwork, TermWord::Sides::kSourceDestination},
    {"port", TermWord::Form::kNumber, TermWord::Sides::kSourceDestination, Number::kSourcePort,
     Number::kDestinationPort},
    {"xport", TermWord::Form::kNumber, TermWord::Sides::kSourceDestination,
     Number::kTranslatedSourcePort, Number::kTranslatedDestinationPort},
    {"nport", TermWord::Form::kNumber, TermWord::Sides::kSourceDestination,
     Number::kTranslatedSourcePort, Number::kTranslatedDestinationPort},
    {"as", TermWord::Form::kNumber, TermWord::Sides::kSourceDestination, Number::kSourceAs,
     Number::kDestinationAs},
    {"country", TermWord::Form::kNumber, TermWord::Sides::kSourceDestination,
     Number::kSourceCountry, Number::kDestinationCountry},
    {"geo", TermWord::Form::kNumber, TermWord::Sides::kSourceDestination, Number::kSourceCountry,
     Number::kDestinationCountry},
    {"if", TermWord::Form::kInterface, TermWord::Sides::kInOut, Number::kInputInterface,
     Number::kOutputInterface},
    {"direction", TermWord::Form::kBoundary, TermWord::Sides::kInOut, Number::kInputInterface,
     Number::kOutputInterface},
    {"vlan", TermWord::Form::kNumber, TermWord::Sides::kSourceDestination, Number::kVlan,
     Number::kVlan},
    {"packets", TermWord::Form::kNumber, TermWord::Sides::kNone, Number::kPackets},
    {"bytes", TermWord::Form::kNumber, TermWord::Sides::kNone, Number::kBytes},
    {"duration", TermWord::Form::kNumber, TermWord::Sides::kNone, Number::kDuration},
    {"pps", TermWord::Form::kNumber, TermWord::Sides::kNone, Number::kPacketsPerSecond},
    {"bps", TermWord::Form::kNumber, TermWord::Sides::kNone, Number::kBitsPerSecond},
    {"bpp", TermWord::Form::kNumber, TermWord::Sides::kNone, Number::kBytesPerPacket},
    {"sampling", TermWord::Form::kNumber, TermWord::Sides::kNone, Number::kSamplingRate},
    {"domain", TermWord::Form::kNumber, TermWord::Sides::kNone, Number::kObservationDomain},
    {"first", TermWord::Form::kNumber, TermWord::Sides::kNone, Number::kFirst},
    {"last", TermWord::Form::kNumber, TermWord::Sides::kNone, Number::kLast},
    {"received", TermWord::Form::kNumber, TermWord::Sides::kNone, Number::kReceived},
    {"kind", TermWord::Form::kNumber, TermWord::Sides::kNone, Number::kKind},
    {"flags", TermWord::Form::kFlags},
    {"dir", TermWord::Form::kDirection},
    {"flowdir", TermWord::Form::kDirection},
    {"icmp-type", TermWord::Form::kIcmpType},
    {"icmp-code", TermWord::Form::kIcmpCode},
    {"nat", TermWord::Form::kEvent},
    {"asa", TermWord::Form::kEvent},
    {"column", TermWord::Form::kColumn},
    {"observation", TermWord::Form::kObservation},
    {"next", TermWord::Form::kNextHop},
    {"router", TermWord::Form::kRouter},
    {"exporter", TermWord::Form::kExporter},
    {"ident", TermWord::Form::kIdent},
    {"tag", TermWord::Form::kTag, TermWord::Sides::kSourceDestination},
    {"service", TermWord::Form::kService, TermWord::Sides::kSourceDestination},
};

}  // namespace

std::span<const TermWord> term_words() { return kWords; }

const TermWord* term_word(std::string_view word) {
  const auto* found = std::ranges::find(kWords, word, &TermWord::word);
  return found == std::end(kWords) ? nullptr : found;
}

}  // namespace noroshi
