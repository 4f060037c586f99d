#include "desk/vocabulary_json.h"

#include <gtest/gtest.h>

namespace noroshi {
namespace {

TEST(VocabularyJson, CarriesNamesAndRangesWhole) {
  FilterVocabulary vocabulary;
  vocabulary.exporters["東京 1"] = {*Prefix::parse("192.0.2.1"), *Prefix::parse("2001:db8::/64")};
  vocabulary.tags["customers"] = {*Prefix::parse("198.51.100.0/24")};
  vocabulary.tags["none"] = {};
  const auto read = vocabulary_from_json(to_json(vocabulary));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->exporters, vocabulary.exporters);
  EXPECT_EQ(read->tags, vocabulary.tags);
}

TEST(VocabularyJson, RefusesWhatIsNone) {
  for (const auto* text :
       {"", "[]", R"({"exporters":{}})", R"({"exporters":{},"tags":[]})",
        R"({"exporters":{"a":"b"},"tags":{}})", R"({"exporters":{"a":["b"]},"tags":{}})"})
    EXPECT_FALSE(vocabulary_from_json(text)) << text;
}

}  // namespace
}  // namespace noroshi
