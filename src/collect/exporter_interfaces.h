#pragma once

#include <memory>
#include <span>
#include <vector>

#include "decode/interface_table.h"
#include "decode/saved_session.h"
#include "net/ip_address.h"

namespace noroshi {

/// What an exporter session calls its interfaces.
struct SessionInterfaces {
  SessionKey key;
  std::shared_ptr<const InterfaceNames> names;  ///< never nullptr
};

/// What one exporter calls its interfaces.
struct ExporterInterfaces {
  IpAddress exporter;
  InterfaceNames names;
};

/// Those of all sessions of each exporter together, by exporter, ascending. An interface has one
/// number in the whole device (RFC 2863), whatever the observation domain: where sessions call it
/// differently, what was said last counts.
[[nodiscard]] std::vector<ExporterInterfaces> by_exporter(
    std::span<const SessionInterfaces> sessions);
/// The same of what was kept over a restart.
[[nodiscard]] std::vector<ExporterInterfaces> by_exporter(std::span<const SavedSession> sessions);

/// Adds names to the sessions they are of; a session that is not there is added with them alone.
void add_names(std::span<const SessionInterfaces> names, std::vector<SavedSession>& sessions);

}  // namespace noroshi
