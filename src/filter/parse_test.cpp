#include "filter/parse.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "filter/print.h"
#include "filter/service_names.h"

namespace noroshi {
namespace {

using ::testing::HasSubstr;

constexpr std::uint64_t kNow = 1'795'330'800'000;  // 2026-11-22T07:00:00Z

FilterVocabulary vocabulary() {
  FilterVocabulary words;
  words.exporters["tokyo-1"] = {*Prefix::parse("192.0.2.1"), *Prefix::parse("2001:db8::1")};
  words.exporters["core 2"] = {*Prefix::parse("192.0.2.2")};
  words.tags["cameras"] = {*Prefix::parse("10.1.0.0/16"), *Prefix::parse("2001:db8:1::/48")};
  words.tags["nothing"] = {};
  return words;
}

Result<Condition> parse(std::string_view text) {
  return parse_filter(text, vocabulary(), from_unix_milliseconds(kNow));
}

/// The condition in words that leave nothing open.
std::string meaning(std::string_view text) {
  const auto condition = parse(text);
  return condition ? to_string(*condition) : condition.error().message;
}

std::string error_of(std::string_view text) {
  const auto condition = parse(text);
  return condition ? "no error: " + to_string(*condition) : condition.error().message;
}

struct Sample {
  std::string_view filter;
  std::string_view meaning;
};
struct Named {
  std::string_view name;
  std::vector<Sample> samples;
};

class Form : public ::testing::TestWithParam<Named> {};

TEST_P(Form, MeansWhatTheManualSays) {
  for (const auto& [filter, expected] : GetParam().samples)
    EXPECT_EQ(meaning(filter), expected) << "of: " << filter;
}

INSTANTIATE_TEST_SUITE_P(
    Parse, Form,
    ::testing::Values(
        Named{"Nothing", {{"", "any"}, {" \t\n", "any"}, {"# only a comment", "any"}}},
        Named{"Any", {{"any", "any"}, {"not any", "not any"}, {"ANY", "any"}}},
        Named{"Family",
              {{"inet", "inet"}, {"ipv4", "inet"}, {"inet6", "inet6"}, {"IPv6", "inet6"}}},
        Named{"Protocol",
              {{"proto tcp", "proto = 6"},
               {"proto UDP", "proto = 17"},
               {"proto 47", "proto = 47"},
               {"proto ipv6-icmp", "proto = 58"},
               {"proto > 17", "proto > 17"},
               {"proto in [tcp, 17 icmp]", "proto in [ 1 6 17 ]"}}},
        Named{"Address",
              {{"ip 192.0.2.1", "src ip 192.0.2.1 or dst ip 192.0.2.1"},
               {"host 2001:DB8::1", "src ip 2001:db8::1 or dst ip 2001:db8::1"},
               {"src ip 192.0.2.1", "src ip 192.0.2.1"},
               {"dst host 192.0.2.1", "dst ip 192.0.2.1"},
               {"src or dst ip 192.0.2.1", "src ip 192.0.2.1 or dst ip 192.0.2.1"},
               {"dst or src ip 192.0.2.1", "src ip 192.0.2.1 or dst ip 192.0.2.1"},
               {"src and dst ip 192.0.2.1", "src ip 192.0.2.1 and dst ip 192.0.2.1"},
               {"src ip ::ffff:192.0.2.1", "src ip 192.0.2.1"}}},
        Named{"AddressList",
              {{"src ip in [192.0.2.1 2001:db8::/32]", "src ip in [ 192.0.2.1 2001:db8::/32 ]"},
               {"dst ip in [ 192.0.2.1,192.0.2.0/24 , ]", "dst ip in [ 192.0.2.1 192.0.2.0/24 ]"},
               {"src ip in []", "src ip in [ ]"},
               {"ip in [192.0.2.1]", "src ip 192.0.2.1 or dst ip 192.0.2.1"}}},
        Named{"Network",
              {{"src net 192.0.2.77/24", "src net 192.0.2.0/24"},
               {"src net 172.16/12", "src net 172.16.0.0/12"},
               {"src net 10/8", "src net 10.0.0.0/8"},
               {"src net 192.0.2.0 255.255.255.0", "src net 192.0.2.0/24"},
               {"src net 192.0.2.0 / 24", "src net 192.0.2.0/24"},
               {"src net 192.0.2.0/ 24", "src net 192.0.2.0/24"},
               {"src net 192.0.2.0 /24", "src net 192.0.2.0/24"},
               {"src net 192.0.2.1/32", "src ip 192.0.2.1"},
               {"src net 2001:db8::/32", "src net 2001:db8::/32"},
               {"dst net 0.0.0.0/0", "dst net 0.0.0.0/0"}}},
        Named{"Port",
              {{"port 80", "src port = 80 or dst port = 80"},
               {"src port > 1023", "src port > 1023"},
               {"dst port EQ 53", "dst port = 53"},
               {"dst port == 53", "dst port = 53"},
               {"dst port LT 53", "dst port < 53"},
               {"dst port ge 53", "dst port >= 53"},
               {"dst port<=53", "dst port <= 53"},
               {"dst port 0x50", "dst port = 80"},
               {"src and dst port 123", "src port = 123 and dst port = 123"},
               {"dst port in [443 80,443]", "dst port in [ 80 443 ]"},
               {"port in [80]", "src port in [ 80 ] or dst port in [ 80 ]"}}},
        Named{"AutonomousSystem",
              {{"src as 64500", "src as = 64500"},
               {"as > 65535", "src as > 65535 or dst as > 65535"},
               {"dst as in [64500 64501]", "dst as in [ 64500 64501 ]"}}},
        Named{"Interface",
              {{"if 3", "in if = 3 or out if = 3"},
               {"in if 3", "in if = 3"},
               {"out if >= 3", "out if >= 3"}}},
        Named{"Vlan", {{"vlan 100", "vlan = 100"}, {"src vlan 100", "vlan = 100"}}},
        Named{"Counters",
              {{"packets 5", "packets = 5"},
               {"bytes > 1k", "bytes > 1000"},
               {"bytes < 2M", "bytes < 2000000"},
               {"bps >= 3g", "bps >= 3000000000"},
               {"bytes <= 1T", "bytes <= 1000000000000"},
               {"pps GT 10", "pps > 10"},
               {"bpp = 40", "bpp = 40"},
               {"duration > 1000", "duration > 1000"}}},
        Named{"Flags",
              {{"flags S", "flags S"},
               {"flags SA", "flags SA"},
               {"flags as", "flags SA"},
               {"flags AFRPU", "flags FRPAU"},
               {"flags X", "flags FSRPAU"},
               {"flags EC", "flags EC"},
               {"not flags AFRPU", "not (flags F or flags R or flags P or flags A or flags U)"},
               {"not not flags SA", "not not flags SA"},
               {"not (flags SA and not flags SA)", "not ((flags S or flags A) and not flags SA)"},
               {"flags 18", "flags 18 mask 255"},
               {"flags = 0", "flags 0 mask 255"},
               {"flags 2 mask 18", "flags 2 mask 18"},
               {"flags > 18", "proto = 6 and column tcp_flags > 18"}}},
        Named{"Icmp",
              {{"icmp-type 8", "proto in [ 1 58 ] and column icmp_type = 8"},
               {"icmp-code > 2", "proto in [ 1 58 ] and column icmp_code > 2"}}},
        Named{"Exporter",
              {{"router ip 192.0.2.9", "router ip 192.0.2.9"},
               {"next ip 192.0.2.9", "next ip 192.0.2.9"},
               {"next ip in [192.0.2.9 192.0.2.10]", "next ip in [ 192.0.2.9 192.0.2.10 ]"},
               {"exporter 192.0.2.9", "router ip 192.0.2.9"},
               {"exporter 192.0.2.0/24", "router net 192.0.2.0/24"},
               {"exporter tokyo-1", "router ip in [ 192.0.2.1 2001:db8::1 ]"},
               {"ident 'core 2'", "router ip 192.0.2.2"},
               {"exporter in [192.0.2.9]", "router ip 192.0.2.9"},
               {"observation domain id 7", "domain = 7"},
               {"domain > 7", "domain > 7"}}},
        Named{"Translation",
              {{"nat event create", "nat event = 1"},
               {"nat event add", "nat event = 1"},
               {"nat event delete", "nat event = 2"},
               {"nat event > 3", "nat event > 3"},
               {"asa event deny", "nat event = 3"},
               {"src xip 192.0.2.1", "src xip 192.0.2.1"},
               {"nip 192.0.2.1", "src xip 192.0.2.1 or dst xip 192.0.2.1"},
               {"dst xnet 192.0.2.0/24", "dst xnet 192.0.2.0/24"},
               {"src xport > 1024", "src xport > 1024"},
               {"dst nport 80", "dst xport = 80"},
               {"kind event", "kind = 2"}}},
        Named{"Direction",
              {{"flowdir ingress", "column direction = 1"},
               {"dir 0", "column direction = 1"},
               {"dir 1", "column direction = 2"},
               {"flowdir unknown", "column direction = 0"}}},
        Named{"Service",
              {{"service ssh", "proto = 6 and (src port = 22 or dst port = 22)"},
               {"dst service HTTPS", "proto in [ 6 17 ] and dst port = 443"},
               {"dst service smb", "proto = 6 and dst port in [ 139 445 ]"},
               {"dst service netbios",
                "(proto = 17 and dst port in [ 137 138 ]) or (proto = 6 and dst port = 139)"},
               {"src and dst service ntp", "proto = 17 and (src port = 123 and dst port = 123)"}}},
        Named{"Country",
              {{"country JP", "src country = JP or dst country = JP"},
               {"src country jp", "src country = JP"},
               {"dst geo us", "dst country = US"},
               {"src country in [us jp]", "src country in [ JP US ]"}}},
        Named{"Tag",
              {{"src tag cameras", "src ip in [ 10.1.0.0/16 2001:db8:1::/48 ]"},
               {"tag nothing", "src ip in [ ] or dst ip in [ ]"},
               {"src and dst tag 'nothing'", "src ip in [ ] and dst ip in [ ]"}}},
        Named{"Sampling", {{"sampling 100", "sampling = 100"}, {"sampling > 1", "sampling > 1"}}},
        Named{"Time",
              {{"first > now-2h", "first > 2026-11-22T05:00:00.000Z"},
               {"last < now", "last < 2026-11-22T07:00:00.000Z"},
               {"last >= -1d12h", "last >= 2026-11-20T19:00:00.000Z"},
               {"last < NOW+30s", "last < 2026-11-22T07:00:30.000Z"},
               {"first>=-1w", "first >= 2026-11-15T07:00:00.000Z"},
               {"received > -5m", "received > 2026-11-22T06:55:00.000Z"},
               {"first 2026-11-22", "first = 2026-11-22T00:00:00.000Z"},
               {"first > 2026-11-22T09:00", "first > 2026-11-22T09:00:00.000Z"},
               {"first > 2026-11-22T09:00+09:00", "first > 2026-11-22T00:00:00.000Z"},
               {"first > 2026-11-22T09:00:30.1239-0130", "first > 2026-11-22T10:30:30.123Z"},
               {"first > 2026-11-22t09:00:60z", "first > 2026-11-22T09:01:00.000Z"},
               {"first > 2026/11/22.09:00:05", "first > 2026-11-22T09:00:05.000Z"}}},
        Named{"Column",
              {{"column end_reason = 3", "column end_reason = 3"},
               {"column tcp_flags in [2 18]", "column tcp_flags in [ 2 18 ]"},
               {"column source_port > 5", "src port > 5"},
               {"column source_country 19024", "src country = JP"}}}),
    [](const ::testing::TestParamInfo<Named>& named) { return std::string(named.param.name); });

TEST(Parse, NotBindsTighterThanAndAndThatTighterThanOr) {
  EXPECT_EQ(meaning("inet or not inet6 and bytes 1"), "inet or (not inet6 and bytes = 1)");
  EXPECT_EQ(meaning("(inet or not inet6) && bytes 1"), "(inet or not inet6) and bytes = 1");
  EXPECT_EQ(meaning("inet || !inet6 AND bytes 1 OR any"),
            "inet or (not inet6 and bytes = 1) or any");
  EXPECT_EQ(meaning("! ! inet"), "not not inet");
}

TEST(Parse, AComparisonNeedsNoSpaces) { EXPECT_EQ(meaning("bytes>=1k"), "bytes >= 1000"); }

TEST(Parse, FiltersMayHaveLinesAndComments) {
  EXPECT_EQ(meaning("proto tcp # the web\n  and dst port in [\n    80 # plain\n    443 ]\n#end"),
            "proto = 6 and dst port in [ 80 443 ]");
}

TEST(Parse, EveryServiceHasPortsAndTheListIsSorted) {
  const auto names = service_names();
  EXPECT_GE(names.size(), 120U);
  EXPECT_TRUE(std::ranges::is_sorted(names));
  for (const auto name : names) EXPECT_FALSE(service_ports(name).empty()) << name;
}

TEST(ParseError, PointsAtTheCharacterThatIsWrong) {
  EXPECT_EQ(error_of("proto tpc and dst port 80"),
            "there is no protocol 'tpc'; did you mean 'tcp'?\n"
            "  proto tpc and dst port 80\n"
            "        ^^^");
  EXPECT_EQ(error_of("dst port 80 and"),
            "expected a term, as in 'proto tcp', 'src net 192.0.2.0/24', 'bytes > 1k', but the "
            "filter ends here\n"
            "  dst port 80 and\n"
            "                 ^");
}

TEST(ParseError, SuggestsTheWordThatIsNearlyRight) {
  EXPECT_THAT(error_of("prot tcp"),
              HasSubstr("unknown word 'prot'; did you mean 'port' or 'proto'?"));
  EXPECT_THAT(error_of("dst service htps"), HasSubstr("did you mean"));
  EXPECT_THAT(error_of("src tag camera"),
              HasSubstr("no tag 'camera' is configured; did you mean 'cameras'?"));
  EXPECT_THAT(error_of("ident tokio-1"), HasSubstr("did you mean 'tokyo-1'?"));
  EXPECT_THAT(error_of("nat event craete"), HasSubstr("did you mean 'create'?"));
  EXPECT_THAT(error_of("column endreason 1"), HasSubstr("did you mean 'end_reason'?"));
  EXPECT_THAT(error_of("tcp and port 80"), HasSubstr("unknown word 'tcp'; write 'proto tcp'"));
  EXPECT_THAT(error_of("192.0.2.1"), HasSubstr("write 'ip 192.0.2.1'"));
  EXPECT_THAT(error_of("192.0.2.0/24"), HasSubstr("write 'net 192.0.2.0/24'"));
  EXPECT_THAT(error_of("https"), HasSubstr("write 'service https'"));
}

TEST(ParseError, SaysWhatWasExpected) {
  for (const auto& [filter, expected] : std::initializer_list<Sample>{
           {"port 65536", "a port number is above 65535"},
           {"port http", "expected a port number: 0 to 65535 (by name: 'service NAME')"},
           {"port", "expected a port number: 0 to 65535, but the filter ends here"},
           {"proto 256", "a protocol number is above 255"},
           {"bytes > 99999999999999999999", "bytes is above 18446744073709551615"},
           {"bytes > 20000000t", "bytes is above"},
           {"bytes > 1.5k", "expected bytes: a whole number"},
           {"bytes != 5", "there is no '!=': write 'not' before the term"},
           {"ip www.example.org", "host names are not looked up: write an address"},
           {"ip 192.0.2.300", "'192.0.2.300' is not an IP address"},
           {"ip 192.0.2.0/24", "this is a network: write 'net 192.0.2.0/24'"},
           {"net 192.0.2.0", "the network's size is missing"},
           {"net 192.0.2.0/33", "'192.0.2.0/33' is not a network"},
           {"net 192.168/24", "/24 is longer than the 16 bits that '192.168' gives"},
           {"net 192.0.2.0 255.0.255.0", "a netmask with holes is not a network"},
           {"net 2001:db8:: 255.0.0.0", "a netmask wants a whole IPv4 address"},
           {"src proto tcp", "'src' does not go with 'proto'"},
           {"in port 80", "'in' does not go with 'port'"},
           {"src (port 80)", "expected what 'src' is about"},
           {"flags Q", "TCP flags are letters of FSRPAUEC (X: FSRPAU) or a number"},
           {"flags > S", "a comparison of flags wants a number"},
           {"country japan", "expected a country by its two letters"},
           {"country > JP", "countries have no order"},
           {"first > yesterday", "expected a time"},
           {"first > 2026-02-30", "expected a time"},
           {"last > now-2h3h", "expected a time"},
           {"port in [80 443", "expected ']' at the end of the list, but the filter ends here"},
           {"port in 80", "expected a port number"},
           {"(port 80", "this '(' is never closed"},
           {"port 80)", "this ')' has no '('"},
           {"port 80 port 90", "expected 'and' or 'or' before another term"},
           {"(port 80 port 90)", "expected 'and', 'or' or ')'"},
           {"and port 80", "unknown word 'and'"},
           {"not", "expected a term"},
           {"tag 'abc", "expected the name of a tag"},
           {"'abc", "this quote is never closed"},
           {"router 192.0.2.1", "expected 'ip', as in 'router ip 192.0.2.1'"},
           {"port 80 & port 90", "expected 'and' or 'or' before another term"},
       })
    EXPECT_THAT(error_of(filter), HasSubstr(expected)) << "of: " << filter;
}

TEST(ParseError, NamesWhatNfdumpHasAndFlowsHereDoNot) {
  for (const auto* filter : {"tos 8",
                             "src tos 8",
                             "mac 00:11:22:33:44:55",
                             "in src mac 00:11:22:33:44:55",
                             "mpls label1 = 5",
                             "mpls any 5",
                             "prev as 5",
                             "next as 5",
                             "bgpnext ip 192.0.2.1",
                             "asa xevent 5",
                             "asa event denied ingress",
                             "ingress acl 5",
                             "egress vrf 5",
                             "src mask 24",
                             "fwdstat Drop",
                             "engine-id 3",
                             "engine-type 3",
                             "sysid 2",
                             "nfversion 9",
                             "count < 5",
                             "flows > 3",
                             "tun proto 6",
                             "tunip 192.0.2.1",
                             "src tunip 192.0.2.1",
                             "pblock start 5",
                             "payload content 'x'",
                             "client latency > 5",
                             "observation point id 5",
                             "out packets > 5",
                             "in bytes 5",
                             "dst vlan 5",
                             "flowlabel x",
                             "%red (any)",
                             "@include other.txt"})
    EXPECT_THAT(error_of(filter), HasSubstr("not supported: ")) << "of: " << filter;
}

TEST(ParseError, MarksWideCharactersWhereTheyStand) {
  EXPECT_EQ(error_of("src tag 監視カメラ and port 80"),
            "no tag '監視カメラ' is configured\n"
            "  src tag 監視カメラ and port 80\n"
            "          ^^^^^^^^^^");
  EXPECT_THAT(error_of("tag 日本"), HasSubstr("\n      ^^^^"));
}

TEST(ParseError, ShowsTabsAndControlCharactersAsOneColumn) {
  EXPECT_EQ(error_of("\tproto\ttpc"),
            "there is no protocol 'tpc'; did you mean 'tcp'?\n"
            "   proto tpc\n"
            "         ^^^");
  EXPECT_THAT(error_of("port \x1b[31m"), HasSubstr("\n  port ?[31m\n       ^"));
  EXPECT_THAT(error_of("port \xff\xfe"), HasSubstr("\n  port ??\n       ^^"));
}

TEST(ParseError, SaysTheLineOfSeveral) {
  EXPECT_EQ(error_of("proto tcp\n  and prot 80\n  or any"),
            "line 2: unknown word 'prot'; did you mean 'port' or 'proto'?\n"
            "    and prot 80\n"
            "        ^^^^");
}

TEST(ParseError, ShowsTheNeighbourhoodOfAFaultInALongFilter) {
  std::string filter;
  for (int i = 0; i < 2000; ++i) filter += "port " + std::to_string(i) + " or ";
  filter += "prot 5";
  for (int i = 0; i < 2000; ++i) filter += " or port " + std::to_string(i);
  EXPECT_EQ(error_of(filter),
            "unknown word 'prot'; did you mean 'port' or 'proto'?\n"
            "  … port 1997 or port 1998 or port 1999 or prot 5 or port 0 or port 1 or port…\n"
            "                                           ^^^^");
}

TEST(ParseLimit, DeepFiltersAreRefusedAndNotDescendedInto) {
  const auto nested = [](std::size_t levels, std::string_view open, std::string_view close) {
    std::string text;
    for (std::size_t i = 0; i < levels; ++i) text += open;
    text += "any";
    for (std::size_t i = 0; i < levels; ++i) text += close;
    return parse(text);
  };
  EXPECT_TRUE(nested(Condition::kDeepest, "(", ")"));
  EXPECT_TRUE(nested(Condition::kDeepest - 1, "not ", ""));
  for (const std::size_t levels : {Condition::kDeepest + 1, std::size_t{500'000}}) {
    const auto parentheses = nested(levels, "(", ")");
    ASSERT_FALSE(parentheses);
    EXPECT_EQ(parentheses.error().code, ErrorCode::kLimit);
    EXPECT_EQ(nested(levels, "not ", "").error().code, ErrorCode::kLimit);
    EXPECT_EQ(nested(levels, "(any or ", ")").error().code, ErrorCode::kLimit);
  }
}

TEST(ParseLimit, ManyTermsAreRefusedAndLongListsAreNot) {
  std::string terms = "any";
  for (std::size_t i = 0; i < Condition::kMostNodes; ++i) terms += " or any";
  EXPECT_EQ(parse(terms).error().code, ErrorCode::kLimit);

  std::string list = "src ip in [";
  for (int i = 0; i < 50'000; ++i)
    list += " 10." + std::to_string(i / 250) + ".0." + std::to_string(i % 250);
  EXPECT_TRUE(parse(list + "]"));

  std::string ports = "dst port in [";
  for (std::size_t i = 0; i <= kMostFilterValues; ++i) ports += " 1";
  EXPECT_EQ(parse(ports + "]").error().code, ErrorCode::kLimit);

  EXPECT_EQ(parse(std::string(kMostFilterBytes + 1, ' ')).error().code, ErrorCode::kLimit);
}

TEST(ParseLimit, TagsCountEachTimeTheyAreNamed) {
  FilterVocabulary words;
  words.tags["large"].assign(kMostFilterValues / 4, *Prefix::parse("192.0.2.0/24"));
  EXPECT_TRUE(parse_filter("tag large or tag large", words, {}));
  const auto refused = parse_filter("tag large or tag large or src tag large", words, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kLimit);
}

}  // namespace
}  // namespace noroshi
