#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <set>
#include <utility>

#include "guard/policy/policy.h"
#include "toml/toml_table.h"

namespace noroshi {
namespace {

using std::chrono::minutes;

/// Every array of a policy is bounded, and every name.
constexpr std::size_t kMostEntries = 1000;
constexpr std::size_t kLongestName = 64;

/// Two digits of a text: hours or minutes.
std::optional<int> two_digits(std::string_view text, int below) {
  int value = 0;
  const auto* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (text.size() != 2 || error != std::errc() || rest != end || value < 0 || value >= below)
    return std::nullopt;
  return value;
}

/// "09:30", up to "24:00".
std::optional<minutes> parse_clock(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const auto hour = two_digits(text.substr(0, 2), 25);
  const auto minute = two_digits(text.substr(3), 60);
  if (!hour || !minute || (*hour == 24 && *minute > 0)) return std::nullopt;
  return minutes(*hour * 60 + *minute);
}

Result<TimeOfDay> parse_time_of_day(std::string_view text) {
  const auto from = parse_clock(text.substr(0, 5));
  const auto to = text.size() == 11 && text[5] == '-' ? parse_clock(text.substr(6)) : std::nullopt;
  if (!from || !to || *from == *to)
    return failure(ErrorCode::kInvalidArgument,
                   fmt::format("'{}' is no part of a day; write 09:00-18:00", text));
  return TimeOfDay{*from, *to};
}

Result<minutes> parse_utc_offset(std::string_view text) {
  const auto clock = text.empty() ? std::nullopt : parse_clock(text.substr(1));
  if (!clock || (text[0] != '+' && text[0] != '-') || *clock > std::chrono::hours(14))
    return failure(ErrorCode::kInvalidArgument,
                   fmt::format("'{}' is no offset from UTC; write +09:00", text));
  return text[0] == '-' ? -*clock : *clock;
}

template <typename Enum>
Result<Enum> parse_one_of(std::string_view text, std::initializer_list<Enum> all) {
  std::string known;
  for (const auto each : all) {
    if (name_of(each) == text) return each;
    known += fmt::format("{}{}", known.empty() ? "" : ", ", name_of(each));
  }
  return failure(ErrorCode::kInvalidArgument, fmt::format("'{}' is none of {}", text, known));
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= kLongestName && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

/// The name of a class, a role or a purpose; each once.
std::string read_name(TomlTable& table, std::set<std::string>& taken) {
  auto name = table.text("name", "");
  if (!is_name(name))
    table.refuse("name", fmt::format("'{}' is no name: small letters, digits, '-' and '_', at most "
                                     "{}",
                                     name, kLongestName));
  else if (!taken.insert(name).second)
    table.refuse("name", fmt::format("there are two of the name '{}'", name));
  return name;
}

/// `key`_ja and `key`_en, neither empty; the keys themselves are "ja" and "en" for an empty key.
Bilingual read_words(TomlTable& table, const std::string& key) {
  const auto prefix = key.empty() ? "" : key + "_";
  Bilingual words{table.text(prefix + "ja", ""), table.text(prefix + "en", "")};
  for (const auto& [name, text] :
       {std::pair(prefix + "ja", words.ja), std::pair(prefix + "en", words.en)})
    if (text.empty()) table.refuse(name, "it must be said in words");
  return words;
}

FieldSet read_fields(TomlTable& table) {
  FieldSet fields;
  for (const auto& word : table.texts("fields", {}))
    fields |= table.accepted("fields", parse_fields(word), FieldSet());
  return fields;
}

/// A table and what was read from it, so that later contradictions can name its line.
template <typename T>
struct Entry {
  TomlTable table;
  T value;
};

template <typename T>
std::vector<Entry<T>> read_all(TomlTable& root, const char* key,
                               T (*read)(TomlTable&, std::set<std::string>&)) {
  std::vector<Entry<T>> entries;
  std::set<std::string> taken;
  for (auto& table : root.tables(key)) {
    if (entries.size() == kMostEntries) {
      root.refuse(key, fmt::format("more than {}", kMostEntries));
      break;
    }
    auto value = read(table, taken);
    entries.push_back({std::move(table), std::move(value)});
  }
  return entries;
}

DataClass read_class(TomlTable& table, std::set<std::string>& taken) {
  DataClass data_class;
  data_class.name = read_name(table, taken);
  data_class.meaning = read_words(table, "");
  data_class.fields = read_fields(table);
  return data_class;
}

Role read_role(TomlTable& table, std::set<std::string>& taken) {
  Role role;
  role.name = read_name(table, taken);
  if (role.name == Person::kSystemRole)
    table.refuse("name", "'system' is the role of Noroshi's own parts, and is there already");
  role.meaning = read_words(table, "");
  role.default_purpose = table.text("default_purpose", "");
  return role;
}

Purpose read_purpose(TomlTable& table, std::set<std::string>& taken) {
  const auto count = [&](const char* key, std::int64_t most) {
    return static_cast<std::uint32_t>(table.integer(key, 0, 0, most));
  };
  Purpose purpose;
  purpose.name = read_name(table, taken);
  purpose.title = read_words(table, "");
  purpose.basis = table.accepted(
      "basis",
      parse_one_of(table.text("basis", ""),
                   {LegalBasis::kLegitimateBusinessAct, LegalBasis::kAvertingPresentDanger,
                    LegalBasis::kConsent, LegalBasis::kStatute}),
      LegalBasis::kLegitimateBusinessAct);
  purpose.basis_in_words = read_words(table, "basis");
  purpose.necessity = read_words(table, "necessity");
  purpose.means = read_words(table, "means");
  purpose.roles = table.texts("roles", {});
  for (const auto& name : table.texts("tables", {})) {
    const auto read = table.accepted(
        "tables",
        parse_one_of(name, {GuardedTable::kFlows, GuardedTable::kContacts, GuardedTable::kRollups}),
        GuardedTable::kFlows);
    if (!purpose.reads(read)) purpose.tables.push_back(read);
  }
  purpose.fields = read_fields(table) | fields_of_every_answer();
  purpose.granularity = table.accepted(
      "granularity",
      parse_one_of(table.text("granularity", ""),
                   {Granularity::kCounts, Granularity::kPseudonyms, Granularity::kAddresses}),
      Granularity::kCounts);
  purpose.retention_days = count("retention_days", 36'500);
  purpose.approvals = count("approvals", Purpose::kMostApprovals);
  purpose.approvers = table.texts("approvers", {});
  purpose.bulk_reveal = table.boolean("bulk_reveal", false);
  purpose.exports = table.boolean("exports", false);
  purpose.needs_case = table.boolean("needs_case", false);
  if (const auto hours = table.text("hours", ""); !hours.empty())
    purpose.hours = table.accepted("hours", parse_time_of_day(hours), TimeOfDay{});
  purpose.suppress_below = count("suppress_below", 1'000'000);
  purpose.round_to = count("round_to", 1'000'000'000);
  return purpose;
}

Person read_person(TomlTable& table, std::set<std::string>& taken) {
  Person person;
  person.name = table.text("name", "");
  if (person.name.empty()) table.refuse("name", "every person has a name");
  person.account = table.text("account", "");
  if (person.account.empty() || person.account.find(':') != std::string::npos)
    table.refuse("account", "a person is known by a Unix account");
  else if (!taken.insert(person.account).second)
    table.refuse("account", fmt::format("two persons have the account '{}'", person.account));
  person.roles = table.texts("roles", {});
  if (person.roles.empty()) table.refuse("roles", "a person has at least one role");
  for (auto& each : table.tables("clearances")) {
    Clearance clearance;
    clearance.data_class = each.text("class", "");
    const auto until = each.date("until");
    if (!until)
      each.refuse("until", "a clearance has a last day: until = 2027-03-31");
    else
      clearance.last_day = std::chrono::sys_days(*until);
    person.clearances.push_back(std::move(clearance));
  }
  if (person.clearances.empty())
    table.refuse("clearances", "a person needs one: [{ class = \"…\", until = 2027-03-31 }]");
  return person;
}

/// Looks for what contradicts itself, at the lines that the tables remember.
class Contradictions {
 public:
  Contradictions(TomlTable& root, std::vector<Entry<DataClass>>& classes,
                 std::vector<Entry<Role>>& roles, std::vector<Entry<Purpose>>& purposes,
                 std::vector<Entry<Person>>& persons, const Policy& policy)
      : root_(root),
        classes_(classes),
        roles_(roles),
        purposes_(purposes),
        persons_(persons),
        policy_(policy) {}

  void refuse() {
    for (const auto& [key, count] :
         {std::pair("class", classes_.size()), std::pair("role", roles_.size()),
          std::pair("purpose", purposes_.size())})
      if (count == 0) root_.refuse(key, fmt::format("a policy needs at least one [[{}]]", key));
    refuse_defaults();
    refuse_classes();
    for (auto& purpose : purposes_) refuse_purpose(purpose);
    for (auto& role : roles_) refuse_role(role);
    for (auto& person : persons_) refuse_person(person);
  }

 private:
  void refuse_defaults() {
    if (!policy_.default_role.empty() && policy_.find_role(policy_.default_role) == nullptr)
      root_.refuse("default_role", unknown("role", policy_.default_role));
    if (!policy_.default_clearance.empty() && !policy_.class_number(policy_.default_clearance))
      root_.refuse("default_clearance", unknown("class", policy_.default_clearance));
    if (!policy_.default_role.empty() && policy_.default_clearance.empty())
      root_.refuse("default_clearance",
                   "who has the default role needs a clearance to read at all");
  }

  void refuse_classes() {
    FieldSet all;
    for (auto& [table, data_class] : classes_) {
      if (const auto twice = all & data_class.fields; twice.any())
        table.refuse("fields", fmt::format("{} belongs to another class already",
                                           fmt::join(words_of(twice), ", ")));
      all |= data_class.fields;
    }
    if (!classes_.empty() && !all.all())
      root_.refuse("class", fmt::format("{} belongs to no class", fmt::join(words_of(~all), ", ")));
  }

  void refuse_role(Entry<Role>& entry) {
    auto& table = entry.table;
    const auto& role = entry.value;
    const auto has = [&](const Purpose& purpose) { return contains(purpose.roles, role.name); };
    if (!role.default_purpose.empty()) {
      const auto* purpose = policy_.find_purpose(role.default_purpose);
      if (purpose == nullptr)
        table.refuse("default_purpose", unknown("purpose", role.default_purpose));
      else if (!has(*purpose))
        table.refuse("default_purpose", fmt::format("the purpose '{}' does not list the role '{}'",
                                                    role.default_purpose, role.name));
    }
  }

  void refuse_purpose(Entry<Purpose>& entry) {
    auto& [table, purpose] = entry;
    if (purpose.roles.empty())
      table.refuse("roles", "no role has this purpose: nobody could ever use it");
    refuse_roles(table, "roles", purpose.roles, true);
    refuse_roles(table, "approvers", purpose.approvers, false);
    if (purpose.tables.empty())
      table.refuse("tables", "it may read no table: flows, contacts, rollups");
    if (purpose.reads(GuardedTable::kContacts) && purpose.granularity == Granularity::kCounts)
      table.refuse("tables", "contacts are single lines, and the granularity is counts");
    if (purpose.reads(GuardedTable::kRollups) && purpose.suppresses())
      table.refuse("tables",
                   "rollups do not tell over how many lines a sum is: suppress_below = 0");
    if (purpose.approvals > 0 && !purpose.may_reveal())
      table.refuse("approvals",
                   "approvals are for reveals, which need granularity = \"addresses\"");
    if (!purpose.approvers.empty() && purpose.approvals == 0)
      table.refuse("approvers", "nothing needs their approval: approvals is 0");
    if (purpose.bulk_reveal && !purpose.may_reveal())
      table.refuse("bulk_reveal", "reveals need granularity = \"addresses\"");
    if (purpose.may_reveal() && !purpose.needs_case)
      table.refuse("granularity", "a reveal belongs to a case: needs_case = true");
    if (purpose.exports && purpose.granularity == Granularity::kCounts)
      table.refuse("exports", "files hold flows, and the granularity is counts");
    for (const auto& [key, number] : {std::pair("suppress_below", purpose.suppress_below),
                                      std::pair("round_to", purpose.round_to)})
      if (number > 1 && purpose.granularity != Granularity::kCounts)
        table.refuse(key, "who sees single flows can add them up: granularity = \"counts\"");
    refuse_approvals(table, purpose);
  }

  /// Whoever asks, enough other people must be there to approve.
  void refuse_approvals(TomlTable& table, const Purpose& purpose) {
    if (purpose.approvals == 0) return;
    const auto any_of = [](const Person& person, const std::vector<std::string>& roles) {
      return std::ranges::any_of(person.roles,
                                 [&](const std::string& role) { return contains(roles, role); });
    };
    for (const auto& asking : policy_.persons) {
      if (!any_of(asking, purpose.roles)) continue;
      const auto others = std::ranges::count_if(policy_.persons, [&](const Person& person) {
        return person.account != asking.account && any_of(person, purpose.approving_roles());
      });
      if (static_cast<std::uint64_t>(others) < purpose.approvals)
        return table.refuse("approvals",
                            fmt::format("when {} asks, {} other people may approve, and {} must",
                                        asking.name, others, purpose.approvals));
    }
  }

  void refuse_person(Entry<Person>& entry) {
    auto& [table, person] = entry;
    refuse_roles(table, "roles", person.roles, false);
    for (const auto& clearance : person.clearances)
      if (!policy_.class_number(clearance.data_class))
        table.refuse("clearances", unknown("class", clearance.data_class));
  }

  void refuse_roles(TomlTable& table, const char* key, const std::vector<std::string>& roles,
                    bool system_too) {
    for (const auto& role : roles)
      if (policy_.find_role(role) == nullptr && !(system_too && role == Person::kSystemRole))
        table.refuse(key, unknown("role", role));
  }

  static bool contains(const std::vector<std::string>& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
  }
  static std::string unknown(std::string_view kind, std::string_view name) {
    return fmt::format("there is no {} '{}' in this policy", kind, name);
  }

  TomlTable& root_;
  std::vector<Entry<DataClass>>& classes_;
  std::vector<Entry<Role>>& roles_;
  std::vector<Entry<Purpose>>& purposes_;
  std::vector<Entry<Person>>& persons_;
  const Policy& policy_;
};

void read_overseers(TomlTable table, Policy& policy) {
  for (std::size_t at = 0; at < kOversightActs; ++at) {
    const std::string key(name_of(static_cast<OversightAct>(at)));
    auto& roles = policy.overseers[at] = table.texts(key, {});
    for (const auto& role : roles)
      if (policy.find_role(role) == nullptr)
        table.refuse(key, fmt::format("there is no role '{}' in this policy", role));
  }
}

template <typename T>
std::vector<T> values_of(const std::vector<Entry<T>>& entries) {
  std::vector<T> values;
  for (const auto& entry : entries) values.push_back(entry.value);
  return values;
}

Result<Policy> read(const TomlFile& file, const std::string& name) {
  auto root = file.root();
  Policy policy;
  policy.source = name;
  policy.utc_offset =
      root.accepted("utc_offset", parse_utc_offset(root.text("utc_offset", "+00:00")), minutes(0));
  policy.default_role = root.text("default_role", "");
  policy.default_clearance = root.text("default_clearance", "");
  auto classes = read_all<DataClass>(root, "class", read_class);
  auto roles = read_all<Role>(root, "role", read_role);
  auto purposes = read_all<Purpose>(root, "purpose", read_purpose);
  auto persons = read_all<Person>(root, "person", read_person);
  policy.classes = values_of(classes);
  policy.roles = values_of(roles);
  policy.purposes = values_of(purposes);
  policy.persons = values_of(persons);
  read_overseers(root.table("oversight"), policy);
  // A misspelt key first: what it was to say would only seem to be missing.
  TRY(file.finish());
  Contradictions(root, classes, roles, purposes, persons, policy).refuse();
  TRY(file.finish());
  return policy;
}

}  // namespace

Result<Policy> read_policy(const std::string& path) {
  return read(TRY(TomlFile::read(path)), path);
}

Result<Policy> parse_policy(std::string_view text, const std::string& name) {
  return read(TRY(TomlFile::parse(text, name)), name);
}

}  // namespace noroshi
