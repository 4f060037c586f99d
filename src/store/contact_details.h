#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "model/contact.h"

namespace noroshi {

/// What of a contact has no column of its own, as bytes of our own making: the first
/// kStoredEvents events, a sample of the times of all later ones, the histogram of intervals, and
/// the minutes of hours other than the row's.
///
/// Version 1: the octet 1; then unsigned LEB128 numbers: hours other than `hour` (count, then hour
/// and minutes of each); events (count, then of each the time and duration, packets and bytes up,
/// packets and bytes down, and 1 answered + 2 continued); sampled times (count, then each); bins of
/// intervals up to the last that is not 0 (count, then each). Times count from the one before,
/// modulo 2⁶⁴, the first from the hour's beginning.
[[nodiscard]] std::vector<std::byte> pack_details(const Contact& contact, std::uint64_t hour);
/// Adds to `contact` what was packed. kMalformed where the bytes are none of ours, kUnsupported for
/// a version that this program does not know; `contact` is then to be thrown away.
Status unpack_details(std::span<const std::byte> bytes, std::uint64_t hour, Contact& contact);

inline constexpr std::size_t kStoredEvents = 32;
inline constexpr std::size_t kStoredReservoir = 32;

/// At most kStoredReservoir times of the events beyond the first kStoredEvents, each as likely as
/// the others: for spectra only.
[[nodiscard]] std::vector<std::uint64_t> sample_of_later_events(const Contact& contact);

}  // namespace noroshi
