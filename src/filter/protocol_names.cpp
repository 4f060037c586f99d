#include "filter/protocol_names.h"

#include "filter/letters.h"

namespace noroshi {
namespace {

struct ProtocolName {
  std::string_view name;
  std::uint8_t number;
};

constexpr ProtocolName kNames[] = {
    {"icmp", 1},         {"igmp", 2},        {"ggp", 3},        {"ipip", 4},     {"ipv4", 4},
    {"st", 5},           {"tcp", 6},         {"cbt", 7},        {"egp", 8},      {"igp", 9},
    {"pup", 12},         {"udp", 17},        {"hmp", 20},       {"xns-idp", 22}, {"rdp", 27},
    {"iso-tp4", 29},     {"dccp", 33},       {"xtp", 36},       {"ddp", 37},     {"ipv6", 41},
    {"sdrp", 42},        {"ipv6-route", 43}, {"ipv6-frag", 44}, {"idrp", 45},    {"rsvp", 46},
    {"gre", 47},         {"dsr", 48},        {"esp", 50},       {"ah", 51},      {"swipe", 53},
    {"narp", 54},        {"mobile", 55},     {"skip", 57},      {"icmp6", 58},   {"icmpv6", 58},
    {"ipv6-icmp", 58},   {"ipv6-nonxt", 59}, {"ipv6-opts", 60}, {"vmtp", 81},    {"eigrp", 88},
    {"ospf", 89},        {"ospfigp", 89},    {"mtp", 92},       {"ax.25", 93},   {"etherip", 97},
    {"encap", 98},       {"pim", 103},       {"ipcomp", 108},   {"vrrp", 112},   {"pgm", 113},
    {"l2tp", 115},       {"isis", 124},      {"sctp", 132},     {"fc", 133},     {"udplite", 136},
    {"mpls-in-ip", 137}, {"manet", 138},     {"hip", 139},      {"shim6", 140},  {"wesp", 141},
    {"rohc", 142},       {"ethernet", 143},
};

}  // namespace

std::optional<std::uint8_t> protocol_named(std::string_view name) {
  const auto lower = to_lower(name);
  for (const auto& entry : kNames)
    if (entry.name == lower) return entry.number;
  return std::nullopt;
}

std::vector<std::string_view> protocol_names() {
  std::vector<std::string_view> names;
  for (const auto& entry : kNames) names.push_back(entry.name);
  return names;
}

}  // namespace noroshi
