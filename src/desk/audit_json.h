#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "guard/audit/bundle.h"
#include "guard/audit/list.h"
#include "guard/audit/upkeep.h"
#include "guard/audit/verify.h"

namespace noroshi {

/// The JSON of docs/reference/audit.md, "Over the socket". Members that are not known are refused.
[[nodiscard]] std::string to_json(const AuditVerification& seen);
[[nodiscard]] std::string to_json(const AuditUpkeep::Stamped& stamped);
[[nodiscard]] std::string to_json(const AuditQuery& query);
[[nodiscard]] std::string to_json(const AuditSpan& span);
[[nodiscard]] Result<AuditQuery> audit_query_from_json(std::string_view text);
[[nodiscard]] Result<AuditSpan> audit_span_from_json(std::string_view text);

}  // namespace noroshi
