#include "desk/vocabulary_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace noroshi {
namespace {

TEST(VocabularyJson, CarriesNamesAndRangesWhole) {
  FilterVocabulary vocabulary;
  vocabulary.exporters["東京 1"] = {*Prefix::parse("192.0.2.1"), *Prefix::parse("2001:db8::/64")};
  vocabulary.tags["customers"] = {*Prefix::parse("198.51.100.0/24")};
  vocabulary.tags["none"] = {};
  vocabulary.interfaces = {{.exporter = *Prefix::parse("192.0.2.1"),
                            .index = 4'294'967'295,
                            .name = "peer \"a\"",
                            .description = "東京 IX",
                            .external = true,
                            .configured = false}};
  const auto read = vocabulary_from_json(to_json(vocabulary));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->exporters, vocabulary.exporters);
  EXPECT_EQ(read->tags, vocabulary.tags);
  EXPECT_EQ(read->interfaces, vocabulary.interfaces);
}

TEST(VocabularyJson, OfADaemonThatKnowsNoInterfacesIsRead) {
  EXPECT_TRUE(vocabulary_from_json(R"({"exporters":{},"tags":{}})"));
}

TEST(VocabularyJson, InterfacesForPeopleNameTheirExporter) {
  FilterVocabulary vocabulary;
  vocabulary.exporters["edge-1"] = {*Prefix::parse("192.0.2.0/24")};
  for (const auto* exporter : {"192.0.2.1", "192.0.2.0/24", "198.51.100.1"})
    vocabulary.interfaces.push_back({.exporter = *Prefix::parse(exporter),
                                     .index = 3,
                                     .name = "a",
                                     .description = {},
                                     .external = false,
                                     .configured = true});
  const auto list = nlohmann::json::parse(interfaces_to_json(vocabulary))["interfaces"];
  ASSERT_EQ(list.size(), 3u);
  EXPECT_EQ(list[0]["exporter"], "192.0.2.1");
  EXPECT_EQ(list[0]["exporter_name"], "edge-1");
  EXPECT_EQ(list[1]["exporter"], "192.0.2.0/24");
  EXPECT_EQ(list[2]["exporter_name"], "");
}

TEST(VocabularyJson, RefusesWhatIsNone) {
  for (const auto* text :
       {"", "[]", R"({"exporters":{}})", R"({"exporters":{},"tags":[]})",
        R"({"exporters":{"a":"b"},"tags":{}})", R"({"exporters":{"a":["b"]},"tags":{}})",
        R"({"exporters":{},"tags":{},"interfaces":{}})",
        R"({"exporters":{},"tags":{},"interfaces":[3]})",
        R"({"exporters":{},"tags":{},"interfaces":[{"exporter":"192.0.2.1","index":-1,"name":"",)"
        R"("description":"","external":false,"configured":false}]})"})
    EXPECT_FALSE(vocabulary_from_json(text)) << text;
}

}  // namespace
}  // namespace noroshi
