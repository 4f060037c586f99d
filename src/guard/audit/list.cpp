#include "guard/audit/list.h"

#include <fmt/format.h>

#include <deque>

#include "guard/audit/line.h"
#include "guard/audit/segments.h"

namespace noroshi {
namespace {

bool says(std::string_view spelt, const std::string& wanted) {
  return wanted.empty() || plain_audit_text(spelt) == wanted;
}

bool matches(const AuditLine& line, const AuditQuery& query) {
  return (!query.from || line.time >= *query.from) && (!query.to || line.time <= *query.to) &&
         says(line.kind, query.kind) && says(line.who, query.who) &&
         says(line.purpose, query.purpose) && says(line.case_id, query.case_id);
}

}  // namespace

Status list_audit(const std::filesystem::path& folder, const AuditQuery& query,
                  const std::function<AuditEnd()>& end,
                  const std::function<Status(std::string_view)>& sink) {
  if (query.limit > kMostListed)
    return failure(ErrorCode::kLimit,
                   fmt::format("at most the last {} entries are listed; 0 lists all", kMostListed));
  std::deque<std::string> last;
  TRY(each_audit_line(folder, end, [&](const AuditSegment&, const LineFile::Line& line) -> Status {
    if (!line.ended || line.too_long) return {};
    const auto entry = scan_audit_line(line.text.substr(0, line.text.size() - 1));
    if (!entry || !matches(*entry, query)) return {};
    if (query.limit == 0) return sink(line.text);
    last.emplace_back(line.text);
    if (last.size() > query.limit) last.pop_front();
    return {};
  }));
  for (const auto& line : last) TRY(sink(line));
  return {};
}

}  // namespace noroshi
