#include "judge/social/company.h"

#include <gtest/gtest.h>

#include <cmath>

namespace noroshi {
namespace {

double ratio(const Company& company) { return company_evidence(company)->log_likelihood_ratio; }

TEST(Company, SaysNothingWhereNoClientAttacks) {
  EXPECT_FALSE(company_evidence({.clients = 9, .hosts = 1000, .attacking_hosts = 12}).has_value());
}

TEST(Company, SpeaksForAServerWhoseClientsNearlyAllAttack) {
  EXPECT_GT(ratio({.clients = 9, .attacking_clients = 9, .hosts = 1000, .attacking_hosts = 12}), 6);
  EXPECT_GT(ratio({.clients = 13, .attacking_clients = 9, .hosts = 1000, .attacking_hosts = 12}),
            6);
}

TEST(Company, SpeaksAgainstAServerWithOneAttackerAmongManyButNeverByMuch) {
  const double one =
      ratio({.clients = 35, .attacking_clients = 1, .hosts = 1000, .attacking_hosts = 12});
  EXPECT_LT(one, 0);
  EXPECT_GE(one, std::log(0.5));
}

TEST(Company, SaysNothingWhereClientsAttackAsOftenAsEveryHost) {
  // Half of the hosts attack, and half of the clients: the two hypotheses tell the same.
  EXPECT_NEAR(
      ratio({.clients = 20, .attacking_clients = 10, .hosts = 1000, .attacking_hosts = 500}), 0,
      0.01);
}

TEST(Company, MatchesTheClosedFormOfOneClient) {
  const double share = 2.0 / 102;
  EXPECT_NEAR(ratio({.clients = 1, .attacking_clients = 1, .hosts = 100, .attacking_hosts = 1}),
              std::log(0.5 + 0.5 * 0.5 / share), 1e-12);
}

}  // namespace
}  // namespace noroshi
