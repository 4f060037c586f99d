#include "pipeline/late_pseudonyms.h"

#include <cstddef>
#include <optional>

#include "guard/pseudonym/embedded_v4.h"
#include "guard/pseudonym/key_hour.h"

namespace noroshi {
namespace {

/// The subscriber's address that an address is, or is another way of writing.
std::optional<IpAddress> subscriber_in(const IpAddress& address, const SubscriberRanges& ranges) {
  if (ranges.find(address) != SubscriberRanges::kNone) return address;
  const auto inside = embedded_v4(address.high(), address.low());
  if (!inside || ranges.find_v4(*inside) == SubscriberRanges::kNone) return std::nullopt;
  return IpAddress::from_v4(*inside);
}

}  // namespace

std::uint64_t rows_in_clear(const FlowBatch& batch, const SubscriberRanges& ranges) {
  const auto is_clear = [&](const IpAddress& address) {
    return subscriber_in(address, ranges).has_value();
  };
  std::uint64_t rows = 0;
  for (std::size_t row = 0; row < batch.size(); ++row) {
    const bool any =
        is_clear(batch.source_address()[row]) || is_clear(batch.destination_address()[row]) ||
        is_clear(batch.next_hop()[row]) || is_clear(batch.translated_source_address()[row]) ||
        is_clear(batch.translated_destination_address()[row]);
    if (any) ++rows;
  }
  return rows;
}

Result<LatePseudonyms> LatePseudonyms::open(const std::filesystem::path& key_file,
                                            const std::vector<Prefix>& subscribers) {
  auto book = TRY(PseudonymBook::read(key_file));
  const auto blocks = TRY(read_blocks(key_file));
  return LatePseudonyms(std::move(book), TRY(SubscriberRanges::of(subscribers, blocks)));
}

Result<IpAddress> LatePseudonyms::in_place_of(const IpAddress& address, std::uint64_t hour) {
  const auto plain = subscriber_in(address, ranges_);
  if (!plain) return address;
  auto pseudonym = book_.pseudonym_of(*plain, hour);
  if (!pseudonym && pseudonym.error().code == ErrorCode::kNotFound) return IpAddress();
  return pseudonym;
}

Status LatePseudonyms::replace(FlowBatch& batch) {
  for (const auto column : {batch.mutable_source_address(), batch.mutable_destination_address(),
                            batch.mutable_next_hop(), batch.mutable_translated_source_address(),
                            batch.mutable_translated_destination_address()})
    for (std::size_t row = 0; row < batch.size(); ++row)
      column[row] =
          TRY(in_place_of(column[row], key_hour(batch.last()[row], batch.received()[row])));
  return {};
}

}  // namespace noroshi
