#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "model/contact.h"

namespace noroshi {

/// Joins what one client and one service had in a later hour to what they had before.
///
/// Counts add up; flags, minutes and times are those of both; the interval over the hour's edge is
/// counted in its octave. The result is what summarising the whole would have given, as long as
/// nothing was dropped on either side and no connection lasts over the edge: such a connection is
/// one in each hour, and `longest` is then that of its longest part.
///
/// Events stay without gaps: the later ones follow the earlier only where all of those were kept,
/// up to Contact::kMostEvents. Whatever does not follow goes into the reservoir as a time. There,
/// every event beyond stays as likely as every other: a part that was sampled at a higher rate is
/// thinned to the lowest, the choice being the same for the same contacts.
void join_later(Contact& contact, const Contact& later);

/// Whether the first connection of a contact was accepted; nothing where there is none, or where
/// sampling may have hidden the answer.
[[nodiscard]] std::optional<bool> first_outcome(const Contact& contact);

/// Active timeouts that the window itself shows, for contacts whose exporters' timeouts were not
/// kept with them: a usual timeout at which the pieces of continued connections to at least
/// kLeastTimedServers addresses follow one another. One server whose many clients keep its time is
/// no sign of a timeout.
[[nodiscard]] std::vector<LearntTimeout> timeouts_of(const std::vector<Contact>& contacts);
inline constexpr std::size_t kLeastTimedServers = 5;

}  // namespace noroshi
