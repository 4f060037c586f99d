#pragma once

#include <cstddef>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace noroshi {

/// A JSON object that a person's command sent. Every error is kInvalidArgument and names the
/// member.
class OfficeRequest {
 public:
  /// Members that are not among `known` are refused.
  [[nodiscard]] static Result<OfficeRequest> read(std::string_view text,
                                                  std::initializer_list<std::string_view> known);

  /// Empty where it is left out.
  [[nodiscard]] Result<std::string> text(const char* name) const;
  /// None where it is left out.
  [[nodiscard]] Result<std::vector<std::string>> texts(const char* name, std::size_t most) const;
  /// Milliseconds since 1970.
  [[nodiscard]] Result<std::optional<Timestamp>> moment(const char* name) const;
  /// False where it is left out.
  [[nodiscard]] Result<bool> flag(const char* name) const;

 private:
  explicit OfficeRequest(nlohmann::json object) : object_(std::move(object)) {}

  nlohmann::json object_;
};

}  // namespace noroshi
