#include "app/restart_keys.h"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>
#include <string>

namespace noroshi {
namespace {

TEST(RestartKeys, NoneWhereNothingDiffers) {
  EXPECT_TRUE(keys_that_need_a_restart(Config(), Config()).empty());
}

TEST(RestartKeys, WhatIsLiveIsNotNamed) {
  Config next;
  next.retention.flows_days += 1;
  next.subscribers.push_back(*Prefix::parse("192.0.2.0/24"));
  next.guard.policy = "other.toml";
  EXPECT_TRUE(keys_that_need_a_restart(Config(), next).empty());
}

TEST(RestartKeys, NamesEachThatDiffers) {
  Config next;
  next.collect.workers += 1;
  next.serve.socket = "elsewhere";
  next.guard.node = "edge-7";
  EXPECT_THAT(keys_that_need_a_restart(Config(), next),
              ::testing::ElementsAre("collect.workers", "serve.socket", "guard.node"));
}

}  // namespace
}  // namespace noroshi
