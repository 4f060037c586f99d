#pragma once

#include "simulate/botnets/bot.h"

namespace noroshi::simulate {

/// A part that calls its server at times of its own: keeps the time of the next call, and deals
/// with servers that are gone. What a call to one that answers holds is the part's own affair.
class CallingPart : public BotPart {
 public:
  CallingPart(Infection& bot, Draws draws);
  void act(const Window& window, Wire& wire) final;

 protected:
  /// Calls a post that answers, or is a sinkhole; `anew` on a new connection.
  virtual void talk(const Botnet::Post& post, bool anew, Timestamp now, Wire& wire) = 0;

  [[nodiscard]] std::uint64_t drawn(const BotnetFigures::Octets& octets) {
    return octets.most > octets.least ? draws_.between(octets.least, octets.most) : octets.least;
  }

  Infection& bot_;
  Draws draws_;

 private:
  /// SYNs that nobody answers: three, as stacks send within seconds.
  void knock(const Botnet::Post& post, Timestamp now, Wire& wire);
  /// A sinkhole takes the connection, says nothing, and closes.
  void be_sinkholed(const Botnet::Post& post, Timestamp now, Wire& wire);

  Timestamp next_;
  const Botnet::Post* last_ = nullptr;
};

}  // namespace noroshi::simulate
