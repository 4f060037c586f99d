#pragma once

#include <span>
#include <string>
#include <string_view>

#include "question/question.h"

namespace noroshi {

/// JSON is written as text here: names are our own words and values numbers, addresses, times and
/// names from fixed lists, so nothing but the names of interfaces needs an escape.

/// Appends `"name":"value"`.
void add_json_string(std::string& out, std::string_view name, std::string_view value);
/// Appends `"name":value` for a key's value: a bare number where it is one, else a string.
void add_json_value(std::string& out, const Key& key, const KeyValue& value);
/// Appends `,"name":["…","…"]` with the texts, which may hold anything; nothing where there is
/// none.
void add_json_names(std::string& out, std::string_view name, std::span<const std::string> names);
/// Appends the fields of a tally, without braces: `"flows":1,…`.
void add_json_tally(std::string& out, const Tally& tally);

}  // namespace noroshi
