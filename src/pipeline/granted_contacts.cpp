#include "pipeline/granted_contacts.h"

#include <array>
#include <cstring>
#include <string_view>
#include <utility>

#include "guard/answer_digest.h"
#include "guard/grant.h"

// Door (read): stored contacts of an hour, to be judged. Guard: a grant of the system role, or of
// who asks, under the purpose of finding C&C servers; subscribers are pseudonyms.

namespace noroshi {
namespace {

/// What tells one contact from another: who, whom, how often, how much, when.
void add(AnswerDigest& digest, const Contact& contact) {
  const std::array<std::uint64_t, 11> numbers = {
      contact.client.high(),
      contact.client.low(),
      contact.server.address.high(),
      contact.server.address.low(),
      std::uint64_t{contact.server.port.value} << 8 | contact.server.protocol.value,
      contact.connections,
      contact.packets_up,
      contact.bytes_up,
      contact.bytes_down,
      contact.first,
      contact.last};
  std::array<char, sizeof(numbers)> bytes{};
  std::memcpy(bytes.data(), numbers.data(), bytes.size());
  digest.add(std::string_view(bytes.data(), bytes.size()));
}

}  // namespace

HourOfContacts granted_contacts(History& history, Guard& guard, Access access) {
  return [&history, &guard, access = std::move(access)](
             std::uint64_t hour,
             const std::function<Status(std::span<const Contact>)>& sink) -> Status {
    auto granted = TRY(guard.permit(access, ContactsQuestion{hour}));
    const auto terms = granted.terms();
    AnswerDigest digest;
    std::uint64_t rows = 0;
    const auto read =
        history.read_contacts(std::move(granted), [&](std::span<const Contact> contacts) -> Status {
          for (const auto& contact : contacts) add(digest, contact);
          rows += contacts.size();
          return sink(contacts);
        });
    if (!read) {
      TRY(guard.failed(terms, read.error()));
      return read;
    }
    return guard.answered(terms, rows, digest.finish());
  };
}

}  // namespace noroshi
