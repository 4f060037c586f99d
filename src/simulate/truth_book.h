#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/time.h"
#include "net/endpoint.h"
#include "simulate/wire.h"

namespace noroshi::simulate {

/// Counts different lines in 256 octets: LogLog counting as Flajolet et al., "HyperLogLog" (2007),
/// with 256 registers: right to about 6.5 %, exact small numbers excepted by linear counting.
/// What was added does not depend on the order; several threads may add.
class LineEstimate {
 public:
  void add(std::uint32_t line);
  [[nodiscard]] std::uint64_t value() const;

 private:
  std::array<std::atomic<std::uint8_t>, 256> registers_{};
};

/// What really happens in a scenario, endpoint by endpoint: who is asked for is known before the
/// first packet, what became of it is counted from the packets as they are sent, before sampling.
///
/// add() before the first note(); note() from any thread.
class TruthBook {
 public:
  /// A service that is what it says, called as regularly as a C&C server maybe; or part of a
  /// botnet.
  struct About {
    Endpoint endpoint;
    std::string role;    ///< service; command, report, load, sinkhole, victim, peer
    std::string kind;    ///< the habit or the kind of botnet
    std::string family;  ///< of malware; empty for services
    std::string botnet;  ///< its name in the plan; empty for services
    bool hostile = false;
    bool answers = true;               ///< false: nobody listens there (any more)
    std::string source = "simulated";  ///< or the recording
  };
  struct Span {
    std::uint64_t first = 0;  ///< ms since 1970; 0: nothing was sent
    std::uint64_t last = 0;
  };
  class Subject {
   public:
    explicit Subject(About about) : about_(std::move(about)) {}
    [[nodiscard]] const About& about() const { return about_; }
    [[nodiscard]] Span span() const;
    [[nodiscard]] std::uint64_t exchanges() const { return exchanges_; }
    [[nodiscard]] std::uint64_t packets() const { return packets_; }
    [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
    /// Of hostile ones exact, of others an estimate.
    [[nodiscard]] std::uint64_t lines() const;
    /// Of hostile ones, in order.
    [[nodiscard]] std::vector<std::uint32_t> line_numbers() const;

   private:
    friend class TruthBook;
    struct Sent {
      Span span;
      std::uint32_t line = 0;
      std::uint64_t exchanges = 0;
      std::uint64_t packets = 0;
      std::uint64_t bytes = 0;
    };
    void note(const Sent& sent);
    About about_;
    std::atomic<std::uint64_t> first_{~std::uint64_t{0}};
    std::atomic<std::uint64_t> last_{0};
    std::atomic<std::uint64_t> exchanges_{0};
    std::atomic<std::uint64_t> packets_{0};
    std::atomic<std::uint64_t> bytes_{0};
    LineEstimate estimate_;
    mutable std::mutex mutex_;
    std::unordered_set<std::uint32_t> exact_;  // of hostile ones
  };

  /// The number under which exchanges name the endpoint, from 1 on. An endpoint that is there
  /// already keeps what was first said of it.
  std::uint32_t add(About about);
  /// Counts the exchange for its subject, if it has one.
  void note(const Exchange& exchange);
  /// The same for the probes of a sweep; answers are not counted.
  void note(const Sweep& sweep);

  [[nodiscard]] std::size_t size() const { return subjects_.size(); }
  /// Subjects in the order of add().
  [[nodiscard]] const Subject& subject(std::uint32_t number) const { return subjects_[number - 1]; }
  /// 0 when nobody added the endpoint.
  [[nodiscard]] std::uint32_t find(const Endpoint& endpoint) const;

 private:
  std::deque<Subject> subjects_;
  std::map<Endpoint, std::uint32_t> numbers_;
};

}  // namespace noroshi::simulate
