#include "guard/pseudonym/key_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/rand.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>

#include "base/check.h"
#include "guard/pseudonym/private_file.h"

// Door (in): the keys of pseudonyms. Guard: mode 0600 or refused; memory that is locked, wiped and
// in no core dump.

namespace noroshi {
namespace {

constexpr const char* kHeading =
    "# Keys of subscribers' pseudonyms: docs/reference/pseudonyms.md. Whoever reads this file can\n"
    "# name every subscriber in the history; whoever loses it, none. Made by: noroshi guard key\n";

int digit_of(char letter) {
  if (letter >= '0' && letter <= '9') return letter - '0';
  if (letter >= 'a' && letter <= 'f') return letter - 'a' + 10;
  return -1;
}

std::optional<Secret> secret_of(std::string_view text) {
  if (text.size() != 2 * Secret::kSize) return std::nullopt;
  Secret secret;
  for (std::size_t i = 0; i < Secret::kSize; ++i) {
    const int high = digit_of(text[2 * i]);
    const int low = digit_of(text[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    secret.fill()[i] = static_cast<std::byte>(high << 4 | low);
  }
  return secret;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') || letter == '-';
  });
}

}  // namespace

std::string hour_text(std::uint64_t hour) {
  const auto day = std::chrono::sys_days(std::chrono::days(hour / 24));
  const std::chrono::year_month_day date(day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     hour % 24);
}

std::optional<std::uint64_t> hour_of_text(std::string_view text) {
  if (text.size() != 14 || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != 'Z')
    return std::nullopt;
  const auto number = [&](std::size_t at, std::size_t length) -> std::optional<unsigned> {
    unsigned value = 0;
    const char* end = text.data() + at + length;
    const auto parsed = std::from_chars(text.data() + at, end, value);
    if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
    return value;
  };
  const auto year = number(0, 4);
  const auto month = number(5, 2);
  const auto day = number(8, 2);
  const auto hour = number(11, 2);
  if (!year || !month || !day || !hour || *hour > 23) return std::nullopt;
  const std::chrono::year_month_day date(std::chrono::year(static_cast<int>(*year)),
                                         std::chrono::month(*month), std::chrono::day(*day));
  if (!date.ok() || *year < 1970) return std::nullopt;
  const auto days = std::chrono::sys_days(date).time_since_epoch().count();
  return static_cast<std::uint64_t>(days) * 24 + *hour;
}

KeyFile KeyFile::create(std::uint64_t now_hour) {
  KeyFile file;
  file.add_new(0, now_hour);
  return file;
}

void KeyFile::add_new(std::uint64_t from, std::uint64_t now_hour) {
  // When it was made and a part that is its own, so that keys of two sites are not confused.
  std::array<unsigned char, 3> own{};
  CHECK(::RAND_bytes(own.data(), static_cast<int>(own.size())) == 1);
  const auto id = fmt::format("{}-{:02x}{:02x}{:02x}", hour_text(now_hour).substr(0, 10), own[0],
                              own[1], own[2]);
  Secret secret;
  auto* bytes = static_cast<unsigned char*>(static_cast<void*>(secret.fill().data()));
  CHECK(::RAND_priv_bytes(bytes, static_cast<int>(Secret::kSize)) == 1);
  if (!keys_.empty()) keys_.back().until = from;
  keys_.push_back({id, from, PseudonymKey::kNoEnd, std::nullopt});
  secrets_.emplace(id, std::move(secret));
}

Result<KeyFile> KeyFile::read(const std::filesystem::path& path) {
  const auto text = TRY(read_private_file(path));
  return parse(text.text(), path.string());
}

Result<KeyFile> KeyFile::parse(std::string_view text, const std::string& name) {
  KeyFile file;
  std::size_t number = 0;
  const auto wrong = [&](std::string_view why) {
    return failure(ErrorCode::kMalformed, fmt::format("{}:{}: {}", name, number, why));
  };
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    if (line.empty() || line.front() == '#') continue;
    if (line == "[[key]]") {
      if (file.keys_.size() == kMostKeys) return wrong("too many keys");
      file.keys_.emplace_back();
      continue;
    }
    const auto equals = line.find('=');
    if (file.keys_.empty() || equals == std::string_view::npos)
      return wrong("[[key]] or name = \"value\" is expected");
    const auto key = trimmed(line.substr(0, equals));
    auto value = trimmed(line.substr(equals + 1));
    if (value.size() < 2 || value.front() != '"' || value.back() != '"')
      return wrong("a text in quotes is expected");
    value = value.substr(1, value.size() - 2);
    auto& last = file.keys_.back();
    if (key == "id") {
      if (!is_id(value)) return wrong("an id is of small letters, digits and '-'");
      last.id = value;
    } else if (key == "from" || key == "retired") {
      const auto hour = hour_of_text(value);
      if (!hour) return wrong("an hour in UTC is expected, such as 2026-11-22T15Z");
      if (key == "from")
        last.from = *hour;
      else
        last.retired = hour;
    } else if (key == "secret") {
      auto secret = secret_of(value);
      if (!secret) return wrong("a secret is 64 digits of 0-9 and a-f");
      if (last.id.empty() || !file.secrets_.emplace(last.id, std::move(*secret)).second)
        return wrong("a secret comes once, after the id");
    } else {
      return wrong("only id, from, retired and secret are known");
    }
  }
  for (std::size_t i = 0; i + 1 < file.keys_.size(); ++i)
    file.keys_[i].until = file.keys_[i + 1].from;
  TRY(file.check(name));
  return file;
}

Status KeyFile::check(const std::string& name) const {
  const auto wrong = [&](const std::string& why) {
    return failure(ErrorCode::kMalformed, fmt::format("{}: {}", name, why));
  };
  if (keys_.empty()) return wrong("no [[key]] in it");
  if (keys_.front().from != 0) return wrong("the first key begins at 1970-01-01T00Z");
  std::size_t living = 0;
  for (std::size_t i = 0; i < keys_.size(); ++i) {
    const auto& key = keys_[i];
    if (key.id.empty()) return wrong("a key without an id");
    for (std::size_t other = 0; other < i; ++other)
      if (keys_[other].id == key.id) return wrong(fmt::format("two keys called {}", key.id));
    if (i > 0 && key.from < keys_[i - 1].from + kLeastHours)
      return wrong(
          fmt::format("{} begins less than {} hours after the one before", key.id, kLeastHours));
    if (secrets_.contains(key.id) == key.retired.has_value())
      return wrong(fmt::format("{} has neither or both of a secret and 'retired'", key.id));
    living += secrets_.contains(key.id) ? 1u : 0u;
  }
  if (keys_.back().retired) return wrong("the last key is retired");
  if (living != secrets_.size()) return wrong("a secret of no key");
  return {};
}

Status KeyFile::write(const std::filesystem::path& path) const {
  PrivateText text(std::string_view(kHeading).size() + keys_.size() * 256);
  text.add(kHeading);
  for (const auto& key : keys_) {
    text.add(fmt::format("\n[[key]]\nid = \"{}\"\nfrom = \"{}\"\n", key.id, hour_text(key.from)));
    if (key.retired) text.add(fmt::format("retired = \"{}\"\n", hour_text(*key.retired)));
    const auto secret = secrets_.find(key.id);
    if (secret == secrets_.end()) continue;
    text.add("secret = \"");
    text.add(secret->second);
    text.add("\"\n");
  }
  return write_private_file(path, text.text());
}

Result<Secret> KeyFile::derive(const std::string& id, std::string_view label) const {
  const auto found = secrets_.find(id);
  if (found == secrets_.end())
    return failure(ErrorCode::kNotFound,
                   fmt::format("key {} is retired: what it made cannot be reversed", id));
  return hkdf_sha256(found->second, label);
}

Result<std::string> KeyFile::rotate(std::uint64_t from, std::uint64_t now_hour) {
  const auto earliest = std::max(now_hour + kLeadHours, keys_.back().from + kLeastHours);
  if (from < earliest)
    return failure(ErrorCode::kInvalidArgument,
                   fmt::format("a new key can begin at {} at the earliest, not at {}",
                               hour_text(earliest), hour_text(from)));
  if (keys_.size() == kMostKeys)
    return failure(ErrorCode::kLimit, fmt::format("there are {} keys already", kMostKeys));
  add_new(from, now_hour);
  return keys_.back().id;
}

Status KeyFile::retire(const std::string& id, std::uint64_t now_hour) {
  const auto found =
      std::ranges::find_if(keys_, [&](const PseudonymKey& key) { return key.id == id; });
  if (found == keys_.end())
    return failure(ErrorCode::kInvalidArgument, fmt::format("no key is called {}", id));
  if (found->retired)
    return failure(ErrorCode::kInvalidArgument, fmt::format("key {} is retired already", id));
  if (found->until == PseudonymKey::kNoEnd || found->until + kLateHours > now_hour)
    return failure(ErrorCode::kInvalidArgument,
                   found->until == PseudonymKey::kNoEnd
                       ? fmt::format("key {} is in use: rotate first", id)
                       : fmt::format("key {} is in use for late flows until {}", id,
                                     hour_text(found->until + kLateHours)));
  found->retired = now_hour;
  secrets_.erase(id);
  return {};
}

Result<KeyFileLock> KeyFileLock::take(const std::filesystem::path& path) {
  const std::filesystem::path lock = path.string() + ".lock";
  const int file = ::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0)
    return failure(ErrorCode::kIo,
                   fmt::format("{}: cannot open: {}", lock.string(), std::strerror(errno)));
  KeyFileLock held(file);
  while (::flock(file, LOCK_EX) != 0)
    if (errno != EINTR)
      return failure(ErrorCode::kIo,
                     fmt::format("{}: cannot lock: {}", lock.string(), std::strerror(errno)));
  return held;
}

KeyFileLock::~KeyFileLock() {
  if (file_ >= 0) ::close(file_);
}

}  // namespace noroshi
