#include "summarise/direction.h"

#include "model/flow_batch.h"

namespace noroshi {
namespace {

Endpoint endpoint_of(const Conversation& conversation, std::size_t side) {
  return {conversation.sides[side].address, conversation.sides[side].port, conversation.protocol};
}

bool asks_to_open(const ConversationSide& side) {
  return (side.tcp_flags & (kTcpSyn | kTcpAck)) == kTcpSyn;
}

/// SYN and ACK in the only packet that was seen, and no data after it: the answer to an opening.
bool only_accepts(const ConversationSide& side) {
  return side.packets == 1 && (side.tcp_flags & ~kTcpRst) == (kTcpSyn | kTcpAck);
}

constexpr std::uint16_t kFirstUserPort = 1024;

}  // namespace

std::optional<std::size_t> server_by_opening(const Conversation& conversation) {
  if (conversation.opener_stated) return 1;
  // Nothing but a protocol without ports: who spoke first asked.
  if (conversation.protocol != kTcp && conversation.protocol != kUdp &&
      conversation.protocol != kSctp)
    return 1;
  if (conversation.protocol != kTcp) return std::nullopt;
  const auto& [source, other] = conversation.sides;
  if (asks_to_open(source) && !asks_to_open(other)) return 1;
  if (asks_to_open(other) && !asks_to_open(source)) return 0;
  if (only_accepts(source)) return 0;
  if (only_accepts(other)) return 1;
  const bool both_saw_opening = (source.tcp_flags & other.tcp_flags & kTcpSyn) != 0;
  if (both_saw_opening && source.first != other.first) return source.first < other.first ? 1 : 0;
  return std::nullopt;
}

void FanIn::count_one(const Endpoint& endpoint, std::uint32_t weight) {
  if (met_.size() >= kMostEndpoints && !met_.contains(endpoint)) return;
  met_[endpoint] += weight;
}

void FanIn::add(const Conversation& conversation) {
  count_one(endpoint_of(conversation, 0), 1);
  count_one(endpoint_of(conversation, 1), 1);
}

void FanIn::add_known_server(const Endpoint& server) { count_one(server, 1000); }

std::uint32_t FanIn::count(const Endpoint& endpoint) const {
  const auto found = met_.find(endpoint);
  return found == met_.end() ? 0 : found->second;
}

std::optional<std::size_t> FanIn::server(const Conversation& conversation) const {
  const auto source = count(endpoint_of(conversation, 0));
  const auto other = count(endpoint_of(conversation, 1));
  if (source == other) return std::nullopt;
  return source > other ? 0 : 1;
}

std::size_t server_by_port(const Conversation& conversation) {
  const auto source = conversation.sides[0].port.value;
  const auto other = conversation.sides[1].port.value;
  if ((source < kFirstUserPort) != (other < kFirstUserPort)) return source < kFirstUserPort ? 0 : 1;
  if (source != other) return source < other ? 0 : 1;
  return 1;
}

}  // namespace noroshi
