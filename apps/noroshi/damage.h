#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "record/recording.h"

namespace noroshi {

/// What could not be read or decoded, by reason, each more than zero: damage to the file and what
/// the decoders had to leave.
[[nodiscard]] std::map<std::string, std::uint64_t> undecodable_by_reason(
    const RecordingStatistics& statistics);

/// A damaged file of which not one record, datagram or packet could be read.
[[nodiscard]] bool nothing_could_be_read(const RecordingStatistics& statistics);

/// One line on standard error when the file was damaged; nothing otherwise.
void warn_of_damage(const std::string& path, const Recording& recording);

}  // namespace noroshi
