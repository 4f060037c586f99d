#include "app/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "app/plan.h"
#include "app/vocabulary.h"

namespace noroshi {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string error_of(std::string_view text) {
  const auto config = parse_config(text, "noroshi.toml");
  return config ? "" : config.error().message;
}

TEST(Config, HasDefaultsForEverything) {
  const auto config = parse_config("", "noroshi.toml");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->history.kind, Config::History::Kind::kEmbedded);
  EXPECT_EQ(config->collect.listen.size(), 3u);
}

TEST(Config, TheShippedFileShowsTheDefaults) {
  const auto shipped =
      read_config(std::string(std::getenv("NOROSHI_SOURCE")) + "/config/noroshi.toml");
  ASSERT_TRUE(shipped) << shipped.error().message;
  const Config defaults;
  EXPECT_EQ(shipped->collect.listen, defaults.collect.listen);
  EXPECT_EQ(shipped->collect.workers, defaults.collect.workers);
  EXPECT_EQ(shipped->collect.receive_buffer_mib, defaults.collect.receive_buffer_mib);
  EXPECT_EQ(shipped->collect.allow_unknown, defaults.collect.allow_unknown);
  EXPECT_EQ(shipped->collect.rate_cap, defaults.collect.rate_cap);
  EXPECT_EQ(shipped->collect.sampling, defaults.collect.sampling);
  EXPECT_EQ(shipped->collect.most_exporters, defaults.collect.most_exporters);
  EXPECT_EQ(shipped->collect.templates_kept, defaults.collect.templates_kept);
  EXPECT_EQ(shipped->history.folder, defaults.history.folder);
  EXPECT_EQ(shipped->history.threads, defaults.history.threads);
  EXPECT_EQ(shipped->history.memory_mib, defaults.history.memory_mib);
  EXPECT_EQ(shipped->history.insert_rows, defaults.history.insert_rows);
  EXPECT_EQ(shipped->history.insert_milliseconds, defaults.history.insert_milliseconds);
  EXPECT_EQ(shipped->history.spool_mib, defaults.history.spool_mib);
  EXPECT_EQ(shipped->retention.flows_days, defaults.retention.flows_days);
  EXPECT_EQ(shipped->retention.contacts_days, defaults.retention.contacts_days);
  EXPECT_EQ(shipped->retention.rollup_1m_days, defaults.retention.rollup_1m_days);
  EXPECT_EQ(shipped->retention.rollup_5m_days, defaults.retention.rollup_5m_days);
  EXPECT_EQ(shipped->retention.rollup_1h_days, defaults.retention.rollup_1h_days);
  EXPECT_EQ(shipped->retention.disk_share, defaults.retention.disk_share);
  EXPECT_EQ(shipped->retention.disk_free, defaults.retention.disk_free);
  EXPECT_EQ(shipped->enrich.location_database, defaults.enrich.location_database);
  EXPECT_EQ(shipped->serve.socket, defaults.serve.socket);
  EXPECT_EQ(shipped->serve.http, defaults.serve.http);
  EXPECT_EQ(shipped->serve.state, defaults.serve.state);
}

TEST(Config, ReadsExportersTagsAndShards) {
  const auto config = parse_config(R"(
[collect]
listen = ["udp://127.0.0.1:9995", "tcp://127.0.0.1:4739"]
[[exporter]]
name = "edge-1"
addresses = ["192.0.2.1", "2001:db8::/64"]
sampling = 1000
[history]
engine = "cluster"
[[history.shard]]
urls = ["http://127.0.0.1:8123"]
[[history.shard]]
urls = ["http://127.0.0.2:8123", "http://127.0.0.3:8123"]
[tags]
customers = ["198.51.100.0/24"]
[network]
subscribers = ["203.0.113.0/24"]
)",
                                   "noroshi.toml");
  ASSERT_TRUE(config) << config.error().message;
  ASSERT_EQ(config->exporters.size(), 1u);
  EXPECT_EQ(config->exporters[0].sampling, 1000u);
  EXPECT_EQ(config->history.shards.size(), 2u);
  EXPECT_EQ(config->tags.find("customers")->second.size(), 1u);
  EXPECT_EQ(config->subscribers.size(), 1u);
}

TEST(Config, RefusesUnknownKeysAndNamesTheKnownOnes) {
  EXPECT_THAT(error_of("[collect]\nworkers = 1\nlisen = []\n"),
              StartsWith("noroshi.toml:3: collect.lisen: there is no such key; known here: "));
  EXPECT_THAT(error_of("[colect]\n"), StartsWith("noroshi.toml:1: colect: "));
  EXPECT_THAT(error_of("[[exporter]]\nname = 'a'\naddresses = ['::1']\nrate = 1\n"),
              StartsWith("noroshi.toml:4: exporter.rate: "));
}

TEST(Config, SaysWhereAValueIsWrongAndWhatIsExpected) {
  EXPECT_EQ(error_of("[collect]\nworkers = 0\n"), "noroshi.toml:2: collect.workers: 0 is below 1");
  EXPECT_THAT(error_of("[collect]\nworkers = \"two\"\n"), HasSubstr("a whole number is expected"));
  EXPECT_THAT(error_of("[[exporter]]\nname = 'a'\naddresses = ['192.0.2.0/33']\n"),
              StartsWith("noroshi.toml:3: exporter.addresses: '192.0.2.0/33' is not a prefix"));
  EXPECT_THAT(error_of("[retention]\ndisk_share = 1.5\n"), HasSubstr("noroshi.toml:2: "));
  EXPECT_THAT(error_of("[collect]\nworkers = \n"), StartsWith("noroshi.toml:2: "));
  EXPECT_THAT(error_of("[network]\nsubscribers = ['10.0.0.0/6', '198.51.100.0/30']\n"),
              StartsWith("noroshi.toml:2: network.subscribers: 198.51.100.0/30: "));
  EXPECT_THAT(error_of("history = 3\n"), HasSubstr("a table is expected"));
}

TEST(Config, RefusesWhatContradictsItself) {
  EXPECT_THAT(error_of("[history]\nengine = 'cluster'\n"), HasSubstr("[[history.shard]]"));
  EXPECT_THAT(error_of("[collect]\nlisten = ['tls://[::]:4740']\n"),
              HasSubstr("needs collect.tls.certificate"));
  EXPECT_THAT(error_of("[[exporter]]\nname = 'a'\n"), HasSubstr("exporter.addresses: at least"));
}

TEST(Plan, TakesSubscribersAsAddressesAndAsPseudonyms) {
  const auto config = parse_config(
      "[network]\nsubscribers = ['198.51.100.0/24', '2001:db8::/32']\n[serve]\nstate = '/s'\n",
      "noroshi.toml");
  ASSERT_TRUE(config) << config.error().message;
  const auto plan = plan_of(*config);
  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_EQ(plan->pseudonyms.key_file, "/s/guard/keys");
  const PrefixSet tag(plan->vocabulary.tags.find("subscribers")->second);
  for (const auto* inside : {"198.51.100.7", "~198.51.100.7", "2001:db8::1", "~2001:db8::1"})
    EXPECT_TRUE(tag.contains(IpAddress::parse(inside).value())) << inside;
  for (const auto* outside : {"198.51.101.7", "~198.51.101.7", "2001:db9::1", "~2001:db9::1"})
    EXPECT_FALSE(tag.contains(IpAddress::parse(outside).value())) << outside;
}

TEST(Config, ReadsTheInterfacesOfExporters) {
  const std::string edge =
      "[[exporter]]\nname = \"edge\"\naddresses = [\"192.0.2.1\", \"2001:db8::/64\"]\n";
  const auto config = parse_config(
      edge + "interfaces = [{index = 3, name = \"peer-a\", external = true}, {index = 4}]\n",
      "noroshi.toml");
  ASSERT_TRUE(config) << config.error().message;
  const auto vocabulary = vocabulary_of(*config);
  ASSERT_EQ(vocabulary.interfaces.size(), 4u) << "of each of its addresses";
  EXPECT_EQ(vocabulary.interfaces[0].name, "peer-a");
  EXPECT_TRUE(vocabulary.interfaces[0].external);
  EXPECT_TRUE(vocabulary.interfaces[3].configured);
  EXPECT_EQ(vocabulary.interfaces[3].exporter.to_string(), "2001:db8::/64");

  EXPECT_THAT(error_of(edge + "interfaces = [{name = \"a\"}]\n"), HasSubstr("needs its number"));
  EXPECT_THAT(error_of(edge + "interfaces = [{index = 1}, {index = 1}]\n"),
              HasSubstr("interface 1 stands here twice"));
  EXPECT_THAT(error_of(edge + "[[exporter]]\nname = \"all\"\naddresses = [\"192.0.2.0/24\"]\n"
                              "interfaces = [{index = 1}]\n"),
              HasSubstr("192.0.2.0/24 and 192.0.2.1/32 of 'edge' overlap"));
  EXPECT_EQ(error_of(edge + "[[exporter]]\nname = \"all\"\naddresses = [\"192.0.2.0/24\"]\n"), "");
}

TEST(Config, AnnouncedInterfacesStandBehindTheConfiguredOnes) {
  const auto config = parse_config(
      "[[exporter]]\nname = \"edge\"\naddresses = [\"192.0.2.1\"]\ninterfaces = [{index = 3}]\n",
      "noroshi.toml");
  ASSERT_TRUE(config) << config.error().message;
  const std::vector<ExporterInterfaces> announced{
      {IpAddress::parse("192.0.2.1").value(), {{3, 10, "xe-0/0/3", "Transit A"}}}};
  const auto vocabulary = with_announced_interfaces(vocabulary_of(*config), announced);
  ASSERT_EQ(vocabulary.interfaces.size(), 2u);
  EXPECT_TRUE(vocabulary.interfaces[0].configured);
  EXPECT_EQ(vocabulary.interfaces[1].exporter, Prefix::parse("192.0.2.1").value());
  EXPECT_EQ(vocabulary.interfaces[1].description, "Transit A");
}

TEST(Config, SaysWhichFileIsMissing) {
  const auto config = read_config("/nowhere/noroshi.toml");
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().message, "/nowhere/noroshi.toml: the file cannot be opened");
}

TEST(Config, ReadsWarningListsAndRefusesThoseThatCannotBe) {
  const std::string list =
      "[[warning_list]]\nname = \"resolvers\"\nfile = \"/x\"\nclass = \"hard\"\n";
  const auto config = parse_config(list, "noroshi.toml");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->enrich.warning_lists,
            (std::vector<WarningFiles::File>{{"resolvers", "/x", WarningClass::kHard}}));
  EXPECT_THAT(error_of(list + list), HasSubstr("'resolvers' is a tag already"));
  EXPECT_THAT(error_of(list + "[tags]\nresolvers = []\n"), HasSubstr("is a tag already"));
  EXPECT_THAT(
      error_of("[[warning_list]]\nname = \"warning-soft\"\nfile = \"/x\"\nclass = \"soft\"\n"),
      HasSubstr("is a tag already"));
  EXPECT_THAT(error_of("[[warning_list]]\nname = \"a\"\nfile = \"/x\"\nclass = \"mild\"\n"),
              HasSubstr("'mild' is not hard, soft or relabel"));
  EXPECT_THAT(error_of("[[warning_list]]\nname = \"a\"\nclass = \"soft\"\n"),
              HasSubstr("needs a file"));
}

TEST(Config, SaysWhenTheDayIsJudged) {
  EXPECT_EQ(parse_config("", "x")->judge.at, std::chrono::hours(5));
  EXPECT_EQ(parse_config("[judge]\nat = \"23:59\"", "x")->judge.at,
            std::chrono::minutes(23 * 60 + 59));
  EXPECT_EQ(parse_config("[judge]\nat = \"\"", "x")->judge.at, std::nullopt);
  for (const auto* wrong : {"24:00", "5:00", "05:60", "05.00", "aa:00", "morning"})
    EXPECT_FALSE(parse_config(std::string("[judge]\nat = \"") + wrong + "\"", "x")) << wrong;
}

}  // namespace
}  // namespace noroshi
