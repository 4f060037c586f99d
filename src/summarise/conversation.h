#pragma once

#include <cstdint>
#include <vector>

#include "net/endpoint.h"

namespace noroshi {

/// What one end of a conversation sent.
struct ConversationSide {
  IpAddress address;
  Port port;
  std::uint8_t tcp_flags = 0;
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
  std::uint64_t first = 0;  ///< ms since 1970 UTC; 0 = this side was never seen to send
};

/// A stretch of a conversation without a long silence in it.
struct ConversationPiece {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::uint64_t packets[2] = {0, 0};  ///< by side
  std::uint64_t bytes[2] = {0, 0};
};

/// One connection (TCP) or exchange (others) between two transport endpoints, put together from all
/// rows that tell of it. sides[0] is the source of the row that was seen first.
struct Conversation {
  ConversationSide sides[2];
  Protocol protocol;
  /// The source of a row was stated to have opened it (bidirectional rows with the opening in
  /// view).
  bool opener_stated = false;
  /// At least one row tells both directions, so that silence of one side is known.
  bool both_ways_in_view = false;
  std::uint32_t sampling_rate = 0;
  /// Rows that asked again to open while no answer had come (SYN repetitions that exporters and
  /// Zeek write as flows of their own).
  std::uint32_t reopenings = 0;
  std::uint64_t flows = 0;
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  /// In the order in which they began to be seen, bounded by the table; empty when the whole
  /// conversation is one piece, as most are.
  std::vector<ConversationPiece> pieces;

  template <typename Visitor>
  void for_each_piece(Visitor&& visit) const {
    for (const auto& piece : pieces) visit(piece);
    if (pieces.empty())
      visit(ConversationPiece{.first = first,
                              .last = last,
                              .packets = {sides[0].packets, sides[1].packets},
                              .bytes = {sides[0].bytes, sides[1].bytes}});
  }
};

}  // namespace noroshi
