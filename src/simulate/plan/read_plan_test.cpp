#include "simulate/plan/read_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

namespace noroshi::simulate {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string error_of(std::string_view text) {
  const auto plan = parse_plan(text, "case.toml");
  return plan ? "no error" : plan.error().message;
}

TEST(ReadPlan, TakesDefaultsForWhatIsNotSaid) {
  const auto plan = parse_plan("", "some/where/evening.toml");
  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_EQ(plan->name, "evening");
  EXPECT_EQ(plan->folder, "some/where");
  EXPECT_EQ(plan->lines, Plan().lines);
  ASSERT_EQ(plan->views.size(), 1u);
  EXPECT_EQ(plan->views[0].sampling, 1u);
}

TEST(ReadPlan, ReadsEverythingThatMayBeSaid) {
  const auto plan = parse_plan(R"(
name = "all"
seed = 9
start = "2026-11-02T09:00:00+09:00"
duration = "1d"
[population]
lines = 5000
offices = 0.1
servers = 0.02
cgn = 0.5
cgn_lines = 16
ipv6 = 0.0
activity = 2.0
[habits]
ntp = 0.5
inbound_scans = 0
[[botnet]]
name = "one"
kind = "gafgyt"
family = "bashlite"
lines = 7
from = "1h"
until = "20h"
spread = "30m"
period = "45s"
jitter = 0.25
port = 4444
servers = 2
move_every = "6h"
dead_from = "10h"
sinkhole_from = "15h"
scan = false
scan_rate = 12
attacks = 2
attack_length = "60s"
[[inject]]
file = "a.log"
host = "192.168.1.195"
shift = "2h"
times = 2
stagger = "1h"
family = "mirai"
[[inject.server]]
address = "185.244.25.235"
port = 6667
protocol = "tcp"
role = "command"
family = "mirai"
[[view]]
name = "core"
sampling = 1000
active_timeout = "120s"
idle_timeout = "30s"
format = "ipfix"
rotate = "5m"
)",
                               "all.toml");
  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_EQ(plan->seed, 9u);
  EXPECT_EQ(plan->start, from_unix_milliseconds(1'793'577'600'000));
  EXPECT_EQ(plan->habits.at("ntp"), 500u);
  EXPECT_EQ(plan->habits.at("inbound_scans"), 0u);
  const auto& botnet = plan->botnets.at(0);
  EXPECT_EQ(botnet.kind, BotnetKind::kGafgyt);
  EXPECT_EQ(botnet.jitter_permille, 250);
  EXPECT_EQ(botnet.scan, 0);
  EXPECT_EQ(botnet.sinkhole_from, std::chrono::hours(15));
  const auto& inject = plan->injections.at(0);
  EXPECT_EQ(inject.times, 2u);
  EXPECT_EQ(inject.servers.at(0).endpoint.to_string(), "185.244.25.235:6667/tcp");
  EXPECT_EQ(plan->views.at(0).rotate, std::chrono::minutes(5));
}

TEST(ReadPlan, SaysWhereAnErrorIs) {
  EXPECT_THAT(error_of("sed = 1"), StartsWith("case.toml:1: sed: there is no such key"));
  EXPECT_THAT(error_of("\n[population]\nlines = 10000001"),
              StartsWith("case.toml:3: population.lines: 10000001 is above 10000000"));
  EXPECT_THAT(error_of("[habits]\nntpd = 1.0"), HasSubstr("case.toml:2: habits.ntpd: there is no"));
  EXPECT_THAT(error_of("[[botnet]]\nkind = \"conficker\""),
              HasSubstr("case.toml:2: botnet.kind: 'conficker' is no kind of botnet"));
  EXPECT_THAT(error_of("[[botnet]]\nlines = 3"), HasSubstr("botnet.kind"));
  EXPECT_THAT(error_of("duration = \"8d\""), HasSubstr("longer than a week"));
  EXPECT_THAT(error_of("[[view]]\nsampling = 20000"), HasSubstr("view.sampling: 20000 is above"));
  EXPECT_THAT(error_of("[[view]]\nformat = \"netflow7\""), HasSubstr("is no format"));
  EXPECT_THAT(error_of("[[inject]]\nfile = \"x\"\nhost = \"here\""), HasSubstr("inject.host"));
}

TEST(ReadPlan, RefusesWhatCannotBeSimulated) {
  EXPECT_THAT(error_of("[population]\nlines = 10\n[[botnet]]\nkind = \"mirai\"\nlines = 6"),
              HasSubstr("more than half of 10"));
  EXPECT_THAT(error_of("[[botnet]]\nkind = \"mirai\"\nfrom = \"3h\""), HasSubstr("after the scen"));
  EXPECT_THAT(error_of("[[view]]\n[[view]]\n"), HasSubstr("'r1' is there twice"));
  EXPECT_THAT(error_of("duration = \"7d\"\n[[botnet]]\nkind = \"fast_flux\"\nservers = 64\n"
                       "move_every = \"1m\""),
              HasSubstr("move more than"));
  EXPECT_THAT(error_of("[[botnet]]\nkind = \"mirai\"\nfrom = \"1h\"\nuntil = \"30m\""),
              HasSubstr("not after 'from'"));
}

TEST(ReadPlan, ReadsTheExamplesThatAreShipped) {
  const char* source = std::getenv("NOROSHI_SOURCE");
  ASSERT_NE(source, nullptr);
  for (const auto* name : {"small", "evaluation", "week"}) {
    const auto plan = read_plan(std::string(source) + "/config/scenarios/" + name + ".toml");
    ASSERT_TRUE(plan) << plan.error().message;
    EXPECT_EQ(plan->name, name);
  }
}

}  // namespace
}  // namespace noroshi::simulate
