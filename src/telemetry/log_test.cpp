#include "telemetry/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace noroshi {
namespace {

TEST(Log, WritesTheEventAndItsFieldsOnOneLine) {
  EXPECT_EQ(log_line(LogFormat::kText, "T", LogLevel::kInfo, "exporter seen",
                     {{"exporter", "192.0.2.1"}, {"name", "edge 1"}, {"note", ""}}, 0),
            "T info \"exporter seen\" exporter=192.0.2.1 name=\"edge 1\" note=\"\"");
  EXPECT_EQ(log_line(LogFormat::kJson, "T", LogLevel::kWarning, "loss", {{"a", "x\"y\n"}}, 3),
            R"({"time":"T","level":"warning","event":"loss","a":"x\"y\u000a","held_back":"3"})");
}

TEST(Log, KeepsLinesApartWhateverAFieldHolds) {
  const auto line = log_line(LogFormat::kText, "T", LogLevel::kInfo, "e", {{"a", "x\nT error"}}, 0);
  EXPECT_THAT(line, testing::Not(testing::HasSubstr("\n")));
}

TEST(Log, HoldsBackAnEventThatComesTooOften) {
  Log log(LogLevel::kInfo);
  testing::internal::CaptureStderr();
  for (std::uint32_t i = 0; i < Log::kMostPerInterval + 5; ++i) log.warn("the same thing again");
  log.warn("another thing");
  log.debug("below the level");
  const auto written = testing::internal::GetCapturedStderr();
  EXPECT_EQ(std::count(written.begin(), written.end(), '\n'), Log::kMostPerInterval + 1);
  EXPECT_EQ(log.held_back(), 5u);
}

}  // namespace
}  // namespace noroshi
