#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "simulate/plan/plan.h"
#include "simulate/population/subscriber.h"
#include "simulate/truth_book.h"
#include "simulate/wire.h"

namespace noroshi::simulate {

/// What one host of a recording did with the Internet, to be done again by a line: its flows in
/// order, times counted from the first. Flows within its own network (private, multicast and
/// link-local addresses at the other end) never came past a provider's router and are left out, and
/// so are those of other hosts. Not changed once read; any thread may replay it.
class RecordedHost {
 public:
  /// More flows of one host than this are refused.
  static constexpr std::size_t kMostFlows = 2'000'000;

  struct Way {
    std::uint64_t packets = 0;
    std::uint64_t bytes = 0;
    std::uint8_t tcp_flags = 0;
  };
  struct Flow {
    std::chrono::milliseconds begins{0};  ///< since the recording's first flow
    std::chrono::milliseconds lasts{0};
    IpAddress other;
    std::uint16_t port = 0;  ///< of the host
    std::uint16_t other_port = 0;
    Protocol protocol;
    bool host_called = true;
    Way up;  ///< from who called
    Way down;
    std::uint32_t subject = 0;
  };

  /// Reads any kind of recording. Servers that the plan names get their entry in the truth.
  [[nodiscard]] static Result<RecordedHost> read(const std::string& path, const InjectPlan& plan,
                                                 TruthBook& truth);

  [[nodiscard]] const std::vector<Flow>& flows() const { return flows_; }
  [[nodiscard]] std::uint64_t left_out() const { return left_out_; }
  [[nodiscard]] std::chrono::milliseconds lasts() const { return lasts_; }

 private:
  std::vector<Flow> flows_;
  std::uint64_t left_out_ = 0;
  std::chrono::milliseconds lasts_{0};
};

/// A line that does what the host did. `host` outlives it. Asked window after window, in order.
class Replay {
 public:
  Replay(const RecordedHost& host, const Subscriber& line, Timestamp begins)
      : host_(host), line_(line), begins_(begins) {}
  void act(const Window& window, Wire& wire);
  [[nodiscard]] const Subscriber& line() const { return line_; }
  [[nodiscard]] Timestamp begins() const { return begins_; }

 private:
  struct Under {
    std::size_t flow;
    std::int64_t piece;
  };
  /// Puts the flow's pieces that begin before the window's end; true when all are.
  bool put(Under& under, const Window& window, Wire& wire) const;
  [[nodiscard]] Exchange piece_of(const RecordedHost::Flow& flow, std::int64_t piece,
                                  std::int64_t pieces) const;

  const RecordedHost& host_;
  Subscriber line_;
  Timestamp begins_;
  std::size_t next_ = 0;
  std::vector<Under> under_way_;
};

}  // namespace noroshi::simulate
