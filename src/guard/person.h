#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace noroshi {

/// Up to which class of data a person may read, and until when.
struct Clearance {
  std::string data_class;                         ///< and every class below it
  std::optional<std::chrono::sys_days> last_day;  ///< the last day it holds; none: no end
  friend bool operator==(const Clearance&, const Clearance&) = default;
};

/// Who asks. Made by a Guard from an account, never by whoever asks.
struct Person {
  std::string name;
  std::string account;             ///< of Unix
  std::vector<std::string> roles;  ///< the first that has one gives the default purpose
  std::vector<Clearance> clearances;
  bool is_machinery = false;  ///< a part of Noroshi itself, cleared for every class

  /// The role of Noroshi's own parts; no person has it.
  static constexpr std::string_view kSystemRole = "system";
  /// A part of Noroshi that reads what is stored: "contacts" is "system:contacts". Accounts cannot
  /// be called so: Unix allows no colon in them.
  [[nodiscard]] static Person system(std::string_view part) {
    Person person;
    person.name = person.account = "system:" + std::string(part);
    person.roles = {std::string(kSystemRole)};
    person.is_machinery = true;
    return person;
  }
  friend bool operator==(const Person&, const Person&) = default;
};

/// What every read states: who, and for what.
struct Access {
  Person who;
  std::string purpose;  ///< empty: the default purpose of the role
  std::string case_id;  ///< empty: none
};

}  // namespace noroshi
