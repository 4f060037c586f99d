#include "filter/service_names.h"

#include <algorithm>
#include <utility>

#include "filter/letters.h"

namespace noroshi {
namespace {

constexpr std::uint8_t kTcp = 1;
constexpr std::uint8_t kUdp = 2;
constexpr std::uint8_t kSctp = 4;
constexpr std::uint8_t kBoth = kTcp | kUdp;

struct Service {
  std::string_view name;
  std::uint8_t protocols;
  std::uint16_t port;
};

// A name that means several ports has several lines.
constexpr Service kServices[] = {
    {"adb", kTcp, 5555},
    {"afp", kTcp, 548},
    {"amqp", kTcp, 5672},
    {"amqps", kTcp, 5671},
    {"bacnet", kUdp, 47808},
    {"bgp", kTcp, 179},
    {"bittorrent", kBoth, 6881},
    {"bittorrent", kBoth, 6882},
    {"bittorrent", kBoth, 6883},
    {"bittorrent", kBoth, 6884},
    {"bittorrent", kBoth, 6885},
    {"bittorrent", kBoth, 6886},
    {"bittorrent", kBoth, 6887},
    {"bittorrent", kBoth, 6888},
    {"bittorrent", kBoth, 6889},
    {"cassandra", kTcp, 9042},
    {"chargen", kBoth, 19},
    {"cldap", kUdp, 389},
    {"clickhouse", kTcp, 8123},
    {"clickhouse", kTcp, 9000},
    {"coap", kUdp, 5683},
    {"coaps", kUdp, 5684},
    {"consul", kTcp, 8500},
    {"couchdb", kTcp, 5984},
    {"cwmp", kTcp, 7547},
    {"daytime", kBoth, 13},
    {"dhcp", kUdp, 67},
    {"dhcp", kUdp, 68},
    {"dhcpv6", kUdp, 546},
    {"dhcpv6", kUdp, 547},
    {"diameter", kTcp | kSctp, 3868},
    {"discard", kBoth, 9},
    {"dnp3", kBoth, 20000},
    {"dns", kBoth, 53},
    {"dns-over-tls", kBoth, 853},
    {"docker", kTcp, 2375},
    {"docker", kTcp, 2376},
    {"domain", kBoth, 53},
    {"doq", kUdp, 853},
    {"dot", kTcp, 853},
    {"echo", kBoth, 7},
    {"elasticsearch", kTcp, 9200},
    {"elasticsearch", kTcp, 9300},
    {"epmap", kTcp, 135},
    {"etcd", kTcp, 2379},
    {"etcd", kTcp, 2380},
    {"ethernet-ip", kBoth, 44818},
    {"finger", kTcp, 79},
    {"ftp", kTcp, 21},
    {"ftp-data", kTcp, 20},
    {"ftps", kTcp, 989},
    {"ftps", kTcp, 990},
    {"geneve", kUdp, 6081},
    {"git", kTcp, 9418},
    {"gopher", kTcp, 70},
    {"gtp-c", kUdp, 2123},
    {"gtp-u", kUdp, 2152},
    {"h323", kTcp, 1720},
    {"hsrp", kUdp, 1985},
    {"http", kTcp, 80},
    {"http-alt", kTcp, 8000},
    {"http-alt", kTcp, 8008},
    {"http-alt", kTcp, 8080},
    {"http-alt", kTcp, 8081},
    {"http-alt", kTcp, 8888},
    {"http3", kUdp, 443},
    {"https", kBoth, 443},
    {"https-alt", kTcp, 8443},
    {"https-alt", kTcp, 9443},
    {"ident", kTcp, 113},
    {"iec-104", kTcp, 2404},
    {"ike", kUdp, 500},
    {"ike", kUdp, 4500},
    {"imap", kTcp, 143},
    {"imaps", kTcp, 993},
    {"influxdb", kTcp, 8086},
    {"ipfix", kBoth | kSctp, 4739},
    {"ipmi", kUdp, 623},
    {"ipp", kTcp, 631},
    {"ipsec-nat-t", kUdp, 4500},
    {"irc", kTcp, 194},
    {"irc", kTcp, 6660},
    {"irc", kTcp, 6661},
    {"irc", kTcp, 6662},
    {"irc", kTcp, 6663},
    {"irc", kTcp, 6664},
    {"irc", kTcp, 6665},
    {"irc", kTcp, 6666},
    {"irc", kTcp, 6667},
    {"irc", kTcp, 6668},
    {"irc", kTcp, 6669},
    {"ircs", kTcp, 6697},
    {"iscsi", kTcp, 3260},
    {"kafka", kTcp, 9092},
    {"kerberos", kBoth, 88},
    {"kpasswd", kBoth, 464},
    {"kubelet", kTcp, 10250},
    {"kubernetes", kTcp, 6443},
    {"l2tp", kUdp, 1701},
    {"ldap", kBoth, 389},
    {"ldaps", kTcp, 636},
    {"ldp", kBoth, 646},
    {"llmnr", kBoth, 5355},
    {"lpd", kTcp, 515},
    {"mdns", kUdp, 5353},
    {"memcached", kBoth, 11211},
    {"mgcp", kUdp, 2427},
    {"minecraft", kTcp, 25565},
    {"modbus", kTcp, 502},
    {"mongodb", kTcp, 27017},
    {"mqtt", kTcp, 1883},
    {"mqtts", kTcp, 8883},
    {"mssql", kTcp, 1433},
    {"mssql-browser", kUdp, 1434},
    {"mysql", kTcp, 3306},
    {"nats", kTcp, 4222},
    {"netbios", kUdp, 137},
    {"netbios", kUdp, 138},
    {"netbios", kTcp, 139},
    {"netconf", kTcp, 830},
    {"netflow", kUdp, 2055},
    {"netflow", kUdp, 9995},
    {"netflow", kUdp, 9996},
    {"nfs", kBoth, 2049},
    {"nntp", kTcp, 119},
    {"nntps", kTcp, 563},
    {"ntp", kUdp, 123},
    {"openvpn", kBoth, 1194},
    {"oracle", kTcp, 1521},
    {"pop3", kTcp, 110},
    {"pop3s", kTcp, 995},
    {"portmap", kBoth, 111},
    {"postgresql", kTcp, 5432},
    {"pptp", kTcp, 1723},
    {"profinet", kUdp, 34964},
    {"ptp", kUdp, 319},
    {"ptp", kUdp, 320},
    {"qotd", kBoth, 17},
    {"quic", kUdp, 443},
    {"rabbitmq", kTcp, 15672},
    {"radius", kUdp, 1812},
    {"radius", kUdp, 1813},
    {"radsec", kTcp, 2083},
    {"rdp", kBoth, 3389},
    {"redis", kTcp, 6379},
    {"rexec", kTcp, 512},
    {"rip", kUdp, 520},
    {"ripng", kUdp, 521},
    {"rlogin", kTcp, 513},
    {"rpcbind", kBoth, 111},
    {"rpki-rtr", kTcp, 323},
    {"rsh", kTcp, 514},
    {"rsync", kTcp, 873},
    {"rtmp", kTcp, 1935},
    {"rtsp", kBoth, 554},
    {"s7", kTcp, 102},
    {"sflow", kUdp, 6343},
    {"sip", kBoth, 5060},
    {"sips", kTcp, 5061},
    {"slp", kBoth, 427},
    {"smb", kTcp, 139},
    {"smb", kTcp, 445},
    {"smtp", kTcp, 25},
    {"smtps", kTcp, 465},
    {"snmp", kUdp, 161},
    {"snmp-trap", kUdp, 162},
    {"socks", kTcp, 1080},
    {"squid", kTcp, 3128},
    {"ssdp", kUdp, 1900},
    {"ssh", kTcp, 22},
    {"steam", kUdp, 27015},
    {"stun", kBoth, 3478},
    {"stuns", kBoth, 5349},
    {"submission", kTcp, 465},
    {"submission", kTcp, 587},
    {"svn", kTcp, 3690},
    {"syslog", kUdp, 514},
    {"syslog-tls", kTcp, 6514},
    {"tacacs", kTcp, 49},
    {"teamviewer", kBoth, 5938},
    {"telnet", kTcp, 23},
    {"telnet-alt", kTcp, 2323},
    {"teredo", kUdp, 3544},
    {"tftp", kUdp, 69},
    {"time", kBoth, 37},
    {"tor", kTcp, 9001},
    {"tor", kTcp, 9030},
    {"tr-069", kTcp, 7547},
    {"turn", kBoth, 3478},
    {"ubiquiti", kUdp, 10001},
    {"upnp", kUdp, 1900},
    {"vnc", kTcp, 5900},
    {"vnc", kTcp, 5901},
    {"vnc", kTcp, 5902},
    {"vnc", kTcp, 5903},
    {"vxlan", kUdp, 4789},
    {"whois", kTcp, 43},
    {"winbox", kTcp, 8291},
    {"winrm", kTcp, 5985},
    {"winrm", kTcp, 5986},
    {"wireguard", kUdp, 51820},
    {"ws-discovery", kUdp, 3702},
    {"x11", kTcp, 6000},
    {"xmpp", kTcp, 5222},
    {"xmpp", kTcp, 5269},
    {"zabbix", kTcp, 10050},
    {"zabbix", kTcp, 10051},
    {"zookeeper", kTcp, 2181},
};

std::vector<std::uint64_t> protocol_numbers(std::uint8_t protocols) {
  std::vector<std::uint64_t> numbers;
  if (protocols & kTcp) numbers.push_back(6);
  if (protocols & kUdp) numbers.push_back(17);
  if (protocols & kSctp) numbers.push_back(132);
  return numbers;
}

}  // namespace

std::vector<ServicePorts> service_ports(std::string_view name) {
  const auto lower = to_lower(name);
  std::vector<ServicePorts> found;
  for (const auto& service : kServices) {
    if (service.name != lower) continue;
    auto protocols = protocol_numbers(service.protocols);
    const auto same = std::ranges::find(found, protocols, &ServicePorts::protocols);
    if (same != found.end()) {
      same->ports.push_back(service.port);
    } else {
      found.push_back({std::move(protocols), {service.port}});
    }
  }
  for (auto& entry : found) std::ranges::sort(entry.ports);
  return found;
}

std::vector<std::string_view> service_names() {
  std::vector<std::string_view> names;
  for (const auto& service : kServices)
    if (names.empty() || names.back() != service.name) names.push_back(service.name);
  return names;
}

}  // namespace noroshi
