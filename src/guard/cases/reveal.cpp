#include "guard/cases/reveal.h"

#include <algorithm>

#include "guard/cases/case.h"
#include "guard/cases/sealed_text.h"

namespace noroshi {

std::string_view name_of(RevealState state) {
  switch (state) {
    case RevealState::kWaiting:
      return "waiting";
    case RevealState::kApproved:
      return "approved";
    case RevealState::kRejected:
      return "rejected";
    case RevealState::kExpired:
      return "expired";
    case RevealState::kShown:
      return "shown";
  }
  return "";
}

std::string RevealRequest::id() const { return id_of('R', number); }
std::string RevealRequest::case_id() const { return id_of('C', case_number); }

std::uint32_t RevealRequest::approvals() const {
  return static_cast<std::uint32_t>(std::ranges::count(decisions, true, &Decision::approves));
}

RevealState RevealRequest::state(Timestamp now) const {
  if (shown) return RevealState::kShown;
  if (std::ranges::count(decisions, false, &Decision::approves) > 0) return RevealState::kRejected;
  if (now >= expires) return RevealState::kExpired;
  return approvals() >= approvals_needed ? RevealState::kApproved : RevealState::kWaiting;
}

Digest digest_of(const RevealRequest& request) {
  SealedText text;
  text.add(request.number);
  text.add(request.case_number);
  text.add(request.purpose);
  text.add(request.reason);
  text.add(request.asked_by);
  text.add(to_unix_milliseconds(request.expires));
  text.add(to_unix_milliseconds(request.moment));
  text.add(request.approvals_needed);
  for (const auto& pseudonym : request.pseudonyms) text.add(pseudonym.to_string());
  return text.digest();
}

}  // namespace noroshi
