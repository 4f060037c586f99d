#include "collect_permit.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "app/collection_gate.h"
#include "app/oversight.h"
#include "guard/filing/check.h"
#include "guard/filing/keeper.h"
#include "language.h"

namespace noroshi {
namespace {

using Json = nlohmann::json;

constexpr std::chrono::seconds kAskAgain{10};

/// How the answer to file/allows words a fault; a null one where it is not as it should be.
std::string lines_of(const Json& missing, Language language) {
  std::string lines;
  for (const auto& fault : missing)
    lines += "\n" + fault.value("code", "") + ": " +
             fault.value(language == Language::kJapanese ? "ja" : "en", "");
  return lines;
}

Status refused(const std::string& lines) {
  if (lines.empty()) return {};
  const char* const what = language_of("") == Language::kJapanese
                               ? "届出が整っていないため収集しません"
                               : "not collecting, as the filing does not allow it";
  return failure(ErrorCode::kPermission, what + lines);
}

std::string lines_of(const std::vector<FilingFault>& faults) {
  auto lines = to_lines(faults, language_of(""));
  if (lines.empty()) return lines;
  lines.pop_back();
  return "\n" + lines;
}

}  // namespace

CollectPermit::CollectPermit(std::vector<IpAddress> listening, DeskPlace place)
    : listening_(std::move(listening)),
      place_(std::move(place)),
      needs_filing_(!beyond_loopback(listening_).empty()) {}

Status CollectPermit::before() { return needs_filing_ ? ask() : Status(); }

Status CollectPermit::meanwhile(GuardOffice* office, std::uint64_t flows) {
  if (!needs_filing_) return {};
  const auto moment = std::chrono::steady_clock::now();
  if (office == nullptr) {
    if (moment - asked_ < kAskAgain) return {};
    asked_ = moment;
    auto allowed = ask();
    // Whoever knows may be away for a while: that it allowed it still holds.
    if (!allowed && allowed.error().code != ErrorCode::kPermission) return {};
    return allowed;
  }
  rate_.sample(moment, flows);
  auto& filing = office->filing();
  const auto filed = filing.in_force();
  const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  return refused(lines_of(
      filing.watch(listening_, measures_of(*office, filed ? filed->filing.purpose : std::string(),
                                           rate_.per_second(), now))));
}

Status CollectPermit::ask() const {
  auto listening = Json::array();
  for (const auto& address : listening_) listening.push_back(address.to_string());
  const auto answer =
      ask_oversight(place_, "file/allows", Json{{"listening", std::move(listening)}}.dump());
  // Where nothing was ever written, nothing is filed.
  if (!answer && answer.error().code == ErrorCode::kNotFound)
    return refused(lines_of(FilingKeeper({}, {}).missing(listening_)));
  if (!answer) return tl::unexpected(answer.error());
  const auto document = Json::parse(*answer, nullptr, false);
  if (!document.is_object() || !document.contains("missing"))
    return failure(ErrorCode::kMalformed, "the daemon's answer is not what was asked for");
  return refused(lines_of(document.at("missing"), language_of("")));
}

}  // namespace noroshi
