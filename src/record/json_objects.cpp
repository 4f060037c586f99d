#include "record/json_objects.h"

// Without exceptions the conversions that would throw do not compile.
#define SIMDJSON_EXCEPTIONS 0
#include <simdjson.h>

#include <algorithm>
#include <string>
#include <vector>

namespace noroshi {
namespace {

constexpr std::string_view kBetweenObjects = " \t\r\n,[]";

/// Where the object that begins `text` ends; npos when it does not end within it.
std::size_t object_length(std::string_view text) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') {
        ++i;
      } else if (c == '"') {
        in_string = false;
      }
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if (c == '}' || c == ']') {
      if (--depth == 0) return i + 1;
    }
  }
  return std::string_view::npos;
}

std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

class JsonObjects::Implementation {
 public:
  bool read(std::string_view text) {
    members_.clear();
    buffer_.assign(text);
    buffer_.append(simdjson::SIMDJSON_PADDING, ' ');
    simdjson::ondemand::document document;
    if (parser_.iterate(simdjson::padded_string_view(buffer_.data(), text.size(), buffer_.size()))
            .get(document) != simdjson::SUCCESS)
      return false;
    simdjson::ondemand::object object;
    if (document.get_object().get(object) != simdjson::SUCCESS) return false;
    for (auto element : object) {
      simdjson::ondemand::field field;
      JsonMember member;
      if (members_.size() == kMostMembers || std::move(element).get(field) != simdjson::SUCCESS ||
          field.unescaped_key().get(member.name) != simdjson::SUCCESS ||
          !read_value(field.value(), member))
        return false;
      members_.push_back(member);
    }
    return document.current_location().error() == simdjson::OUT_OF_BOUNDS;  // nothing behind it
  }

  [[nodiscard]] std::span<const JsonMember> members() const { return members_; }

 private:
  static bool read_value(simdjson::ondemand::value& value, JsonMember& member) {
    simdjson::ondemand::json_type type{};
    if (value.type().get(type) != simdjson::SUCCESS) return false;
    switch (type) {
      case simdjson::ondemand::json_type::string:
        member.kind = JsonMember::Kind::kString;
        return value.get_string().get(member.value) == simdjson::SUCCESS;
      case simdjson::ondemand::json_type::number: {
        member.kind = JsonMember::Kind::kNumber;
        member.value = value.raw_json_token();
        while (!member.value.empty() &&
               kBetweenObjects.find(member.value.back()) != std::string_view::npos)
          member.value.remove_suffix(1);
        return true;  // whether it is a number at all is for whoever takes it for one
      }
      case simdjson::ondemand::json_type::null: {
        bool is_null = false;  // what begins like null need not be it
        return value.is_null().get(is_null) == simdjson::SUCCESS && is_null;
      }
      default:
        member.kind = JsonMember::Kind::kOther;
        return true;
    }
  }

  simdjson::ondemand::parser parser_;
  std::string buffer_;
  std::vector<JsonMember> members_;
};

JsonObjects::JsonObjects() : implementation_(std::make_unique<Implementation>()) {}
JsonObjects::~JsonObjects() = default;

std::optional<std::span<const JsonMember>> JsonObjects::members(std::string_view text) {
  if (!implementation_->read(text)) return std::nullopt;
  return implementation_->members();
}

std::optional<JsonLayout> json_layout(std::string_view head) {
  const auto object = first_json_object(head);
  if (object.empty()) return std::nullopt;
  const auto start = head.find_first_not_of(kBetweenObjects.substr(0, 4));
  if (head[start] == '[') return JsonLayout::kArray;
  return object.find('\n') == std::string_view::npos ? JsonLayout::kLines : JsonLayout::kArray;
}

std::string_view first_json_object(std::string_view head) {
  auto start = head.find_first_not_of(kBetweenObjects.substr(0, 4));
  if (start != std::string_view::npos && head[start] == '[')
    start = head.find_first_not_of(kBetweenObjects.substr(0, 4), start + 1);
  if (start == std::string_view::npos || head[start] != '{') return {};
  return head.substr(start, object_length(head.substr(start)));
}

Result<Input::Line> take_json_object(Input& input, std::size_t limit) {
  while (true) {
    const auto head = as_text(TRY(input.peek(4096)));
    if (head.empty()) return Input::Line{.text = {}, .at_end = true};
    const auto start = std::min(head.find_first_not_of(kBetweenObjects), head.size());
    if (start > 0) {
      TRY(input.take(start));
      continue;
    }
    if (head.front() != '{') {
      const auto junk = std::min(head.find('{'), head.size());
      return Input::Line{.text = as_text(TRY(input.take(junk)))};
    }
    for (std::size_t length = 4096;; length *= 2) {
      const auto text = as_text(TRY(input.peek(std::min(length, limit))));
      const auto end = object_length(text);
      if (end != std::string_view::npos) return Input::Line{.text = as_text(TRY(input.take(end)))};
      // The text ends within the object, or the object has no end in reach.
      if (text.size() < length)
        return Input::Line{.text = as_text(TRY(input.take(text.size()))),
                           .too_long = text.size() == limit};
    }
  }
}

}  // namespace noroshi
