#include "enrich/known_service.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace noroshi {
namespace {

struct PortFact {
  std::uint16_t port;
  Protocol protocol;
  KnownService service;
};

constexpr KnownService hard(std::string_view name) { return {ServiceWeight::kHard, name}; }
constexpr KnownService soft(std::string_view name) { return {ServiceWeight::kSoft, name}; }
constexpr KnownService named(std::string_view name) { return {ServiceWeight::kNone, name}; }

constexpr std::array kPorts = std::to_array<PortFact>({
    {22, kTcp, soft("ssh")},
    {23, kTcp, named("telnet")},
    {25, kTcp, soft("smtp")},
    {53, kUdp, hard("dns")},
    {53, kTcp, hard("dns")},
    {67, kUdp, hard("dhcp")},
    {68, kUdp, hard("dhcp")},
    {80, kTcp, named("http")},
    {88, kTcp, soft("kerberos")},
    {88, kUdp, soft("kerberos")},
    {110, kTcp, soft("pop3")},
    {123, kUdp, hard("ntp")},
    {137, kUdp, hard("netbios-ns")},
    {138, kUdp, hard("netbios-dgm")},
    {139, kTcp, soft("netbios-ssn")},
    {143, kTcp, soft("imap")},
    {161, kUdp, soft("snmp")},
    {389, kTcp, soft("ldap")},
    {443, kTcp, soft("https")},
    {443, kUdp, soft("quic")},
    {445, kTcp, soft("smb")},
    {465, kTcp, soft("submission")},
    {500, kUdp, soft("ike")},
    {514, kUdp, soft("syslog")},
    {546, kUdp, hard("dhcpv6")},
    {547, kUdp, hard("dhcpv6")},
    {587, kTcp, soft("submission")},
    {636, kTcp, soft("ldaps")},
    {853, kTcp, hard("dns-over-tls")},
    {853, kUdp, hard("dns-over-quic")},
    {993, kTcp, soft("imaps")},
    {995, kTcp, soft("pop3s")},
    {1194, kUdp, soft("openvpn")},
    {1883, kTcp, soft("mqtt")},
    {1900, kUdp, hard("ssdp")},
    {3389, kTcp, soft("rdp")},
    {3478, kUdp, soft("stun")},
    {3478, kTcp, soft("stun")},
    {3702, kUdp, hard("ws-discovery")},
    {4500, kUdp, soft("ipsec-nat-t")},
    {5060, kUdp, soft("sip")},
    {5060, kTcp, soft("sip")},
    {5222, kTcp, soft("xmpp")},
    {5223, kTcp, hard("apple-push")},
    {5228, kTcp, hard("google-push")},
    {5229, kTcp, hard("google-push")},
    {5230, kTcp, hard("google-push")},
    {5349, kTcp, soft("turns")},
    {5353, kUdp, hard("mdns")},
    {5355, kUdp, hard("llmnr")},
    {5666, kTcp, soft("nrpe")},
    {6660, kTcp, named("irc")},
    {6661, kTcp, named("irc")},
    {6662, kTcp, named("irc")},
    {6663, kTcp, named("irc")},
    {6664, kTcp, named("irc")},
    {6665, kTcp, named("irc")},
    {6666, kTcp, named("irc")},
    {6667, kTcp, named("irc")},
    {6668, kTcp, named("irc")},
    {6669, kTcp, named("irc")},
    {6697, kTcp, named("irc")},
    {8080, kTcp, named("http")},
    {8883, kTcp, soft("mqtt-over-tls")},
    {10050, kTcp, soft("zabbix-agent")},
    {10051, kTcp, soft("zabbix-trapper")},
    {19302, kUdp, soft("stun")},
    {51820, kUdp, soft("wireguard")},
});

/// Public resolvers, as their operators publish them.
constexpr std::array<std::string_view, 24> kResolvers = {"8.8.8.8",
                                                         "8.8.4.4",
                                                         "2001:4860:4860::8888",
                                                         "2001:4860:4860::8844",
                                                         "1.1.1.1",
                                                         "1.0.0.1",
                                                         "2606:4700:4700::1111",
                                                         "2606:4700:4700::1001",
                                                         "9.9.9.9",
                                                         "149.112.112.112",
                                                         "2620:fe::fe",
                                                         "2620:fe::9",
                                                         "208.67.222.222",
                                                         "208.67.220.220",
                                                         "2620:119:35::35",
                                                         "2620:119:53::53",
                                                         "94.140.14.14",
                                                         "94.140.15.15",
                                                         "64.6.64.6",
                                                         "64.6.65.6",
                                                         "77.88.8.8",
                                                         "77.88.8.1",
                                                         "185.228.168.9",
                                                         "185.228.169.9"};

bool is_public_resolver(const IpAddress& address) {
  static const auto addresses = [] {
    std::array<IpAddress, kResolvers.size()> parsed;
    std::ranges::transform(kResolvers, parsed.begin(), [](std::string_view text) {
      return IpAddress::parse(text).value_or(IpAddress());
    });
    std::ranges::sort(parsed);
    return parsed;
  }();
  return std::ranges::binary_search(addresses, address);
}

}  // namespace

KnownService known_service(const Endpoint& endpoint) {
  if (is_public_resolver(endpoint.address)) return hard("public-resolver");
  if (endpoint.protocol == kIcmp || endpoint.protocol == kIcmpV6) return soft("icmp");
  const auto* fact = std::ranges::find_if(kPorts, [&](const PortFact& one) {
    return one.port == endpoint.port.value && one.protocol == endpoint.protocol;
  });
  return fact == kPorts.end() ? KnownService{} : fact->service;
}

}  // namespace noroshi
