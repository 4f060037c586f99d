#include "desk/office_request.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace noroshi {
namespace {

/// The end of year 9999.
constexpr std::uint64_t kLatest = 253'402'300'799'999;

tl::unexpected<Error> refused(std::string message) {
  return failure(ErrorCode::kInvalidArgument, std::move(message));
}

}  // namespace

Result<OfficeRequest> OfficeRequest::read(std::string_view text,
                                          std::initializer_list<std::string_view> known) {
  auto object = nlohmann::json::parse(text, nullptr, false);
  if (!object.is_object()) return refused("a JSON object is needed");
  for (const auto& [name, value] : object.items())
    if (std::ranges::find(known, name) == known.end())
      return refused(fmt::format("a member '{}' is not known", name));
  return OfficeRequest(std::move(object));
}

Result<std::string> OfficeRequest::text(const char* name) const {
  if (!object_.contains(name)) return std::string();
  const auto& value = object_.at(name);
  if (!value.is_string()) return refused(fmt::format("{} must be a text", name));
  return value.get<std::string>();
}

Result<std::vector<std::string>> OfficeRequest::texts(const char* name, std::size_t most) const {
  std::vector<std::string> texts;
  if (!object_.contains(name)) return texts;
  const auto& value = object_.at(name);
  if (!value.is_array() ||
      !std::ranges::all_of(value, [](const auto& one) { return one.is_string(); }))
    return refused(fmt::format("{} must be a list of texts", name));
  if (value.size() > most)
    return failure(ErrorCode::kLimit, fmt::format("{} has more than {} members", name, most));
  for (const auto& one : value) texts.push_back(one.get<std::string>());
  return texts;
}

Result<std::optional<Timestamp>> OfficeRequest::moment(const char* name) const {
  if (!object_.contains(name)) return std::optional<Timestamp>();
  const auto& value = object_.at(name);
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() > kLatest)
    return refused(fmt::format("{} must be milliseconds since 1970", name));
  return std::optional(from_unix_milliseconds(value.get<std::uint64_t>()));
}

Result<bool> OfficeRequest::flag(const char* name) const {
  if (!object_.contains(name)) return false;
  const auto& value = object_.at(name);
  if (!value.is_boolean()) return refused(fmt::format("{} must be true or false", name));
  return value.get<bool>();
}

}  // namespace noroshi
