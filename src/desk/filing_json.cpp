#include "desk/filing_json.h"

#include <nlohmann/json.hpp>

#include "desk/office_request.h"
#include "guard/digest.h"
#include "guard/filing/questions.h"

namespace noroshi {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMostListening = 1000;

Json json_of(const Bilingual& words) { return {{"ja", words.ja}, {"en", words.en}}; }

Json json_of(const FilingKeeper::InForce& filed) {
  Json answers = Json::object();
  for (const auto& question : filing_questions()) {
    const auto answer = question.get(filed.filing);
    if (!answer.empty()) answers[std::string(question.key)] = answer;
  }
  return {{"demo", filed.demo},
          {"filed", to_rfc3339(filed.filed)},
          {"filed_by", filed.filed_by},
          {"sha256", sha256(filed.text).to_hex()},
          {"answers", std::move(answers)},
          {"text", filed.text}};
}

}  // namespace

Json json_of(const std::vector<FilingFault>& faults) {
  auto list = Json::array();
  for (const auto& fault : faults)
    list.push_back({{"code", fault.code}, {"ja", fault.text.ja}, {"en", fault.text.en}});
  return list;
}

Json json_of(const CollectionState& state) {
  return {{"collecting", state.collecting},
          {"missing", json_of(state.missing)},
          {"failed", state.failed},
          {"mode", state.mode ? Json(name_of(*state.mode)) : Json(nullptr)},
          {"mode_in_words", state.mode ? json_of(words_of(*state.mode)) : Json(nullptr)},
          {"acts_allowed", state.mode == Filing::Mode::kOperation},
          {"demo", state.demo},
          {"begun", state.begun},
          {"stopped", state.stopped}};
}

std::string filing_to_json(const CollectionState& state,
                           const std::optional<FilingKeeper::InForce>& filing) {
  auto document = json_of(state);
  document["filing"] = filing ? json_of(*filing) : Json(nullptr);
  return document.dump(1, ' ', false, Json::error_handler_t::replace);
}

Result<std::vector<IpAddress>> listening_from_json(std::string_view text) {
  const auto request = TRY(OfficeRequest::read(text, {"listening"}));
  std::vector<IpAddress> addresses;
  for (const auto& each : TRY(request.texts("listening", kMostListening)))
    addresses.push_back(TRY(IpAddress::parse(each)));
  return addresses;
}

}  // namespace noroshi
