#pragma once

#include <string_view>
#include <vector>

#include "simulate/habits/few.h"
#include "simulate/habits/line_habit.h"

namespace noroshi::simulate {

/// A service's servers, most of them chosen far more rarely than the first (Zipf's law), each known
/// to the truth under the habit's name.
class Service {
 public:
  struct Kind {
    std::string_view habit;
    std::size_t servers = 1;
    NetworkKind network = NetworkKind::kCloud;
    std::uint32_t v6_permille = 0;
    Protocol protocol = kTcp;
    Few<std::uint16_t> ports;  ///< a server listens on one of them
  };
  struct Server {
    Site site;
    std::uint16_t port = 0;
    Protocol protocol;
    std::uint32_t subject = 0;     ///< in the truth, of its IPv4 endpoint
    std::uint32_t subject_v6 = 0;  ///< … and of its IPv6 endpoint
  };

  Service(const HabitSetting& setting, const Kind& kind);
  /// Of servers at hand.
  Service(const HabitSetting& setting, std::string_view habit, std::vector<Server> servers);

  [[nodiscard]] const Server& choose(Draws& draws) const {
    return servers_[draws.zipf(servers_.size())];
  }
  [[nodiscard]] const std::vector<Server>& servers() const { return servers_; }

 private:
  void tell(TruthBook& truth, std::string_view habit);
  std::vector<Server> servers_;
};

/// A conversation from the line to a server, over IPv6 where both have it, from a port drawn; no
/// packets yet.
[[nodiscard]] Exchange contact(const Subscriber& line, Draws& draws, const Service::Server& server,
                               Timestamp start);
/// The same to a place that the truth does not name.
[[nodiscard]] Exchange contact(const Subscriber& line, Draws& draws, const Site& site,
                               std::uint16_t port, Protocol protocol, Timestamp start);
/// One in which a stranger calls the line.
[[nodiscard]] Exchange called_by(const Subscriber& line, Draws& draws, const IpAddress& stranger,
                                 std::uint16_t port, Protocol protocol, Timestamp start);

/// As many servers as a population of that size has of a kind: `least`, and one for each so many
/// lines more.
[[nodiscard]] std::size_t servers_for(const Plan& plan, std::size_t least, std::size_t lines_each);

}  // namespace noroshi::simulate
