#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "decode/session.h"
#include "decode/statistics.h"
#include "decode/template/run.h"

namespace noroshi {

/// Reads the records of an options data set (RFC 7011 §3.4.2, RFC 3954 §6.1) and applies what they
/// say of sampling, of the exporter's start and of the names of its interfaces to the session, from
/// here on. Everything else in them is stepped over. A set is at most 65,535 octets; nothing in it
/// is trusted. `now` is when it arrived, ms since 1970.
RunResult read_options(const TemplateDefinition& definition, std::span<const std::byte> records,
                       std::uint64_t now, Session& session, DecodeStatistics& statistics);

}  // namespace noroshi
