#include "filter/not_kept.h"

#include <fmt/format.h>

#include "filter/protocol_names.h"
#include "filter/service_names.h"
#include "net/prefix.h"

namespace noroshi {
namespace {

struct NotKept {
  std::string_view word;
  std::string_view meaning;
};

constexpr NotKept kNotKept[] = {
    {"@include", "a filter reads no other files; put their text in its place"},
    {"ace", "access lists of firewalls ('ace') are not kept"},
    {"acl", "access lists of firewalls ('acl') are not kept"},
    {"app", "latencies measured by probes ('app latency') are not kept"},
    {"asa", "extended events of firewalls ('asa xevent') are not kept; 'asa event' is"},
    {"bgpnext", "the BGP next hop is not kept; 'next ip' asks for the next hop"},
    {"client", "latencies measured by probes ('client latency') are not kept"},
    {"count", "records have no number of their own in a history"},
    {"egress", "VRFs and access lists of the output ('egress …') are not kept"},
    {"engine-id", "engine numbers ('engine-id') are not kept; 'domain' is NetFlow's source id"},
    {"engine-type", "engine types ('engine-type') are not kept"},
    {"flowlabel", "nfdump's labels ('flowlabel') do not exist here"},
    {"flows", "each row is one flow; to ask for aggregated counts, use --aggregate and --order"},
    {"fwdstat", "the forwarding status ('fwdstat') is not kept"},
    {"ingress", "VRFs and access lists of the input ('ingress …') are not kept"},
    {"mac", "MAC addresses are not kept"},
    {"mask", "prefix lengths of routes ('mask') are not kept"},
    {"mpls", "MPLS labels are not kept"},
    {"next", "the neighbouring AS ('next as') is not kept; 'src as' and 'dst as' are"},
    {"nfversion", "the export version ('nfversion') is not kept"},
    {"payload", "payload is never kept"},
    {"pblock", "blocks of translated ports ('pblock') are not kept"},
    {"pf", "events of OpenBSD's packet filter ('pf') are not kept"},
    {"prev", "the neighbouring AS ('prev as') is not kept; 'src as' and 'dst as' are"},
    {"previous", "the neighbouring AS ('previous as') is not kept; 'src as' and 'dst as' are"},
    {"router", "router numbers are not kept; 'router ip' is"},
    {"server", "latencies measured by probes ('server latency') are not kept"},
    {"sysid", "nfcapd's exporter numbers ('sysid') are not kept; 'router ip' asks by address"},
    {"tos", "the type of service ('tos') is not kept"},
    {"tun", "protocols inside tunnels ('tun proto') are not kept"},
    {"tunip", "addresses inside tunnels ('tunip') are not kept"},
    {"vrf", "VRFs are not kept"},
    {"xace", "access lists of firewalls ('xace') are not kept"},
    {"xevent", "extended events of firewalls ('xevent') are not kept"},
};

}  // namespace

std::string_view not_kept(std::string_view word) {
  for (const auto& entry : kNotKept)
    if (entry.word == word) return entry.meaning;
  return word.starts_with('%') ? "nfdump's labels ('%NAME') do not exist here" : std::string_view{};
}

std::string term_for_value(std::string_view word) {
  if (IpAddress::parse(word)) return fmt::format("; write 'ip {}'", word);
  if (Prefix::parse(word)) return fmt::format("; write 'net {}'", word);
  if (word.find_first_not_of("0123456789") == std::string_view::npos)
    return fmt::format("; write 'port {}', 'as {}' …", word, word);
  if (protocol_named(word)) return fmt::format("; write 'proto {}'", word);
  if (!service_ports(word).empty()) return fmt::format("; write 'service {}'", word);
  return {};
}

}  // namespace noroshi
