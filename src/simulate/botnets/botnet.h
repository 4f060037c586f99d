#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "simulate/botnets/figures.h"
#include "simulate/draws.h"
#include "simulate/truth_book.h"

namespace noroshi::simulate {

/// What the bots of one botnet share: where its servers are at which time, what it attacks. Made
/// whole before the first packet. Not changed afterwards, so any thread may ask.
class Botnet {
 public:
  /// A server at one address for a while.
  struct Post {
    enum class State : std::uint8_t { kAnswers, kSilent, kSinkhole };
    Endpoint endpoint;
    Timestamp from;
    Timestamp until;
    State state = State::kAnswers;
    std::uint32_t subject = 0;
  };
  struct Attack {
    Timestamp from;
    Timestamp until;
    Endpoint victim;  ///< udp: datagrams, tcp: SYNs
    std::uint32_t subject = 0;
  };
  struct Helper {
    Endpoint endpoint;
    std::uint32_t subject = 0;
  };
  /// Of one server the posts in order of time; a plan with more is refused when read.
  static constexpr std::size_t kMostPosts = 20'000;
  [[nodiscard]] static std::uint64_t posts_of(const BotnetPlan& botnet, const Plan& plan);

  Botnet(const Plan& plan, const BotnetPlan& botnet, Draws draws, TruthBook& truth);

  [[nodiscard]] const BotnetPlan& plan() const { return plan_; }
  [[nodiscard]] const BotnetFigures& figures() const { return figures_; }
  [[nodiscard]] std::chrono::milliseconds period() const { return period_; }
  [[nodiscard]] std::uint32_t jitter_permille() const { return jitter_permille_; }
  [[nodiscard]] std::uint32_t scan_rate() const { return scan_rate_; }
  [[nodiscard]] Timestamp from() const { return from_; }
  [[nodiscard]] Timestamp until() const { return until_; }

  /// Where the bots of that number call at a moment; null for those without a server.
  [[nodiscard]] const Post* post_at(std::uint32_t bot, Timestamp moment) const;
  [[nodiscard]] const std::vector<Attack>& attacks() const { return attacks_; }
  [[nodiscard]] const Helper* reports_to() const {
    return reports_to_.subject ? &reports_to_ : nullptr;
  }
  [[nodiscard]] const Helper* loader() const { return loader_.subject ? &loader_ : nullptr; }
  [[nodiscard]] const std::vector<std::vector<Post>>& servers() const { return servers_; }

 private:
  [[nodiscard]] TruthBook::About about(const Endpoint& endpoint, std::string_view role) const;
  void place_servers(const Plan& plan, Draws draws, TruthBook& truth);
  void plan_attacks(const Plan& plan, Draws draws, TruthBook& truth);

  BotnetPlan plan_;
  const BotnetFigures& figures_;
  std::chrono::milliseconds period_;
  std::uint32_t jitter_permille_;
  std::uint32_t scan_rate_;
  Timestamp from_;
  Timestamp until_;
  std::vector<std::vector<Post>> servers_;
  std::vector<Attack> attacks_;
  Helper reports_to_;
  Helper loader_;
};

}  // namespace noroshi::simulate
