#pragma once

#include <memory>
#include <string>

#include "app/open_desk.h"
#include "base/result.h"
#include "desk/audit_desk.h"

namespace noroshi {

/// The running daemon's audit if one serves, else that of the configuration's state folder, as its
/// files stand.
[[nodiscard]] Result<std::unique_ptr<AuditDesk>> open_audit_desk(const DeskPlace& place);

/// What verification of any folder of segments sees, as JSON: a copy, an unpacked bundle, a chain
/// set aside. Its files `before` and `ca.pem` count, unless `ca_file` names another.
[[nodiscard]] Result<std::string> verify_audit_folder(const std::string& folder,
                                                      const std::string& ca_file);

/// begin_new_chain() of guard/audit, by the person who runs this. Returns the folder's name.
[[nodiscard]] Result<std::string> begin_audit_anew(const DeskPlace& place,
                                                   const std::string& reason);

}  // namespace noroshi
