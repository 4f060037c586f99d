#include "guard/answer_digest.h"

#include <array>
#include <bit>
#include <span>
#include <variant>

namespace noroshi {
namespace {

template <typename T>
void add_number(Sha256& hash, T number) {
  const auto bits = std::bit_cast<std::uint64_t>(number);
  std::array<std::byte, 8> bytes;
  for (std::size_t at = 0; at < bytes.size(); ++at)
    bytes[at] = static_cast<std::byte>(bits >> (8 * at) & 0xff);
  hash.update(bytes);
}

void add_tally(Sha256& hash, const Tally& tally) {
  for (const auto number : {tally.flows, tally.packets, tally.bytes, tally.first, tally.last,
                            tally.flows_of_unknown_sampling, tally.sampled_flows})
    add_number(hash, number);
  for (const auto number : {tally.estimated_packets, tally.estimated_bytes, tally.packets_variance,
                            tally.bytes_variance})
    add_number(hash, number);
}

}  // namespace

void AnswerDigest::add(const Answer& answer) {
  for (const auto& row : answer.rows) {
    for (const auto& value : row.key) {
      if (const auto* address = std::get_if<IpAddress>(&value))
        hash_.update(address->bytes());
      else
        add_number(hash_, std::get<std::uint64_t>(value));
    }
    add_tally(hash_, row.tally);
  }
  add_tally(hash_, answer.total);
  add_number(hash_, answer.groups);
}

void AnswerDigest::add(const FlowBatch& rows) {
  rows.for_each_field(
      [&](std::string_view, const auto& values) { hash_.update(std::as_bytes(values)); });
}

void AnswerDigest::add(std::string_view bytes) { hash_.update(bytes); }

std::string AnswerDigest::finish() { return hash_.finish().to_hex(); }

}  // namespace noroshi
