#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/flow_batch.h"
#include "simulate/plan/plan.h"
#include "simulate/truth_book.h"

namespace noroshi::simulate {

/// What is true of an infected line.
struct InfectedLine {
  struct Deed {
    std::uint64_t count = 0;
    Timestamp first;
    Timestamp last;
  };
  std::uint32_t line = 0;
  IpAddress address;
  IpAddress address_v6;          ///< none where the line has none
  std::uint16_t first_port = 0;  ///< 0: the address is the line's alone
  std::uint16_t last_port = 0;
  std::string line_kind;
  std::string family;
  std::string kind;    ///< of botnet, or "recorded"
  std::string botnet;  ///< or the recording
  Timestamp from;
  Timestamp until;
  bool newly = false;
  Deed calls;
  Deed probes;
  Deed packets;  ///< at victims
};

/// A simulated provider of up to ten million lines: what its lines and strangers do, and how it is
/// watched. Time passes by slices; within one, blocks of lines are worked on by several threads.
/// What lines do is a function of the line and the time (habits/), so that only the open flows, the
/// bots and what lies a few seconds ahead are in memory: not the whole, and nothing for each line.
///
///     auto network = TRY(Network::create(plan, {}));
///     while (network->advance())
///       for (std::size_t view = 0; view < plan.views.size(); ++view) use(network->rows(view));
///
/// Not thread-safe. The same plan gives the same rows and the same truth with any number of
/// threads.
class Network {
 public:
  struct Options {
    unsigned threads = 2;
    /// Where recordings are looked for that are not beside the plan; may be empty.
    std::string recordings;
    /// How much time passes at once; nothing: as much as keeps what is exported in it within a
    /// gigabyte. What lines do, and what is seen of it, is the same.
    std::chrono::seconds slice{0};
  };
  struct Statistics {
    std::uint64_t exchanges = 0;  ///< and probes of sweeps
    std::uint64_t packets = 0;    ///< sent, before sampling
    std::uint64_t evicted = 0;    ///< flows that ended early for lack of room, of all views
    std::uint64_t recorded_flows = 0;
    std::uint64_t left_out =
        0;  ///< rows of recordings that are not the host's, or not the Internet's
  };

  /// Fails when a recording cannot be read.
  [[nodiscard]] static Result<std::unique_ptr<Network>> create(const Plan& plan, Options options);
  ~Network();

  /// Lets a slice of time pass. False when the time is over and every flow has been exported.
  bool advance();
  /// Everything up to here has been exported, or waits for its timeout.
  [[nodiscard]] Timestamp now() const;
  /// What the routers of that view exported since the last advance(), in the order of `received`,
  /// which is when they did. AS numbers are the Internet's (internet/internet.h).
  [[nodiscard]] const FlowBatch& rows(std::size_t view) const;

  [[nodiscard]] const Plan& plan() const;
  [[nodiscard]] std::vector<std::string> local_prefixes() const;
  [[nodiscard]] std::vector<IpAddress> research_scanners() const;
  /// Complete when advance() has returned false.
  [[nodiscard]] const TruthBook& truth() const;
  [[nodiscard]] std::vector<InfectedLine> infected_lines() const;
  /// What a view showed of each hostile endpoint; in the order of TruthBook::add, the first unused.
  struct Seen {
    std::uint64_t rows = 0;
    std::uint64_t packets = 0;
    std::uint64_t lines = 0;  ///< different addresses of ours
  };
  [[nodiscard]] std::vector<Seen> seen(std::size_t view) const;
  [[nodiscard]] Statistics statistics() const;

 private:
  class Implementation;
  explicit Network(std::unique_ptr<Implementation> implementation);
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace noroshi::simulate
