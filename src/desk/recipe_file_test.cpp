#include "desk/recipe_file.h"

#include <gtest/gtest.h>

#include <string>

namespace noroshi {
namespace {

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

std::string own_text() { return recipe_text(Recipe::built_in()); }

std::string note_of(const RecipeFile& file) {
  std::string text;
  for (const auto& note : file.notes) text += note.en + "\n";
  return text;
}

TEST(RecipeFile, OfOurOwnIsReadBackAsItIs) {
  const auto file = parse_recipe(own_text(), "ours.toml");
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file->recipe, Recipe::built_in());
  EXPECT_EQ(file->id, own_recipe().id);
  EXPECT_EQ(file->id.size(), 64u);
  EXPECT_TRUE(file->notes.empty()) << note_of(*file);
}

TEST(RecipeFile, CommentsAndOrderOfKeysDoNotChangeItsId) {
  const auto text = "# theirs\n" + replaced(own_text(), "[fusion]", "\n\n[fusion] # so\n");
  EXPECT_EQ(parse_recipe(text, "a")->id, own_recipe().id);
}

TEST(RecipeFile, AnotherThresholdIsAnotherRecipe) {
  const auto file = parse_recipe(replaced(own_text(), "tier_b = 0.7", "tier_b = 0.8"), "theirs");
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file->recipe.rule.tier_b, 0.8);
  EXPECT_NE(file->id, own_recipe().id);
  EXPECT_TRUE(file->notes.empty());
}

TEST(RecipeFile, UnknownKeysAreRefusedWithTheirLine) {
  const auto file = parse_recipe(replaced(own_text(), "tier_b", "tier_bee"), "theirs.toml");
  ASSERT_FALSE(file);
  EXPECT_NE(file.error().message.find("theirs.toml:"), std::string::npos) << file.error().message;
  EXPECT_NE(file.error().message.find("tier_bee"), std::string::npos) << file.error().message;
}

TEST(RecipeFile, NumbersThatCannotBeAreRefused) {
  for (const auto* number : {"1.5", "-1.0", "\"high\"", "nan"})
    EXPECT_FALSE(parse_recipe(
        replaced(own_text(), "tier_b = 0.7", std::string("tier_b = ") + number), "theirs"))
        << number;
  EXPECT_FALSE(parse_recipe(replaced(own_text(), "tier_b = 0.7", "tier_b = 0.99"), "theirs"))
      << "above tier A's line";
  EXPECT_FALSE(parse_recipe(own_text() + "[[evidence]]\ncode = \"inside\"\n", "theirs"))
      << "a code twice";
  EXPECT_FALSE(parse_recipe(own_text() + "[[evidence]]\nscale = 1.0\n", "theirs")) << "no code";
}

TEST(RecipeFile, AnotherVersionIsRefused) {
  const auto file = parse_recipe(replaced(own_text(), "version = 1", "version = 2"), "theirs");
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code, ErrorCode::kUnsupported);
}

TEST(RecipeFile, WhatCannotBeComputedIsSaid) {
  auto text = own_text() + "[[evidence]]\ncode = \"jarm_match\"\ngroup = \"verification\"\n";
  text = replaced(text, "least_clients = 3", "least_clients = 5");
  text = replaced(text, "scan_least_failures = 10.0", "scan_least_failures = 20.0");
  text = replaced(text, "WHERE hour = 0", "WHERE hour = 1");
  text = replaced(text,
                  "[[evidence]]\ncode = \"inside\"\ngroup = \"infrastructure\"\nscale = 1.0\n", "");
  const auto file = parse_recipe(text, "theirs");
  ASSERT_TRUE(file) << file.error().message;
  const auto notes = note_of(*file);
  for (const auto* said : {"jarm_match", "least_clients = 5", "scan_least_failures = 20",
                           "another question", "inside"})
    EXPECT_NE(notes.find(said), std::string::npos) << said << " in:\n" << notes;
  EXPECT_EQ(file->notes.size(), 5u) << notes;
}

TEST(RecipeFile, ALimitOfWeightIsKept) {
  const auto text =
      replaced(own_text(), "code = \"unanswered_calls\"\ngroup = \"behaviour\"\nscale = 1.0\n",
               "code = \"unanswered_calls\"\nscale = 0.5\nmost = 2.5\n");
  const auto file = parse_recipe(text, "theirs");
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(parse_recipe(recipe_text(file->recipe), "again")->recipe, file->recipe);
  EXPECT_NE(file->recipe, Recipe::built_in());
}

}  // namespace
}  // namespace noroshi
