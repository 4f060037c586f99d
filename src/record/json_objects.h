#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "record/input.h"

namespace noroshi {

/// One member of a flat JSON object.
struct JsonMember {
  enum class Kind {
    kNull,
    kString,  ///< `value` is the string, unescaped
    kNumber,  ///< `value` is the number as written, unchecked
    kOther,   ///< true, false, an object or an array: `value` is empty
  };
  std::string_view name;
  std::string_view value;
  Kind kind = Kind::kNull;
};

/// Reads flat JSON objects out of text, one by one. Not thread-safe.
class JsonObjects {
 public:
  /// More members than any log has; an object with more is refused.
  static constexpr std::size_t kMostMembers = 512;

  JsonObjects();
  ~JsonObjects();
  JsonObjects(const JsonObjects&) = delete;
  JsonObjects& operator=(const JsonObjects&) = delete;

  /// The members of the object that `text` holds and that fills it, in order; nullopt when it is
  /// anything else. Valid until the next call.
  [[nodiscard]] std::optional<std::span<const JsonMember>> members(std::string_view text);

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

/// How the objects of a text follow one another.
enum class JsonLayout {
  kLines,  ///< one object a line (JSON lines)
  kArray,  ///< elements of one array, or objects spread over several lines
};
/// The layout of text that begins with `head`; nullopt when it does not begin with an object.
[[nodiscard]] std::optional<JsonLayout> json_layout(std::string_view head);

/// The text of the first object in `head`, as far as it can be seen: for recognising a format.
[[nodiscard]] std::string_view first_json_object(std::string_view head);

/// Takes the next object of a text in kArray layout, as a Line. What stands between objects and is
/// neither space, comma nor bracket comes back as a line too, so that it is counted as damage.
[[nodiscard]] Result<Input::Line> take_json_object(Input& input, std::size_t limit);

}  // namespace noroshi
