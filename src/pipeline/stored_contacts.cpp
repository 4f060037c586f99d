#include "pipeline/stored_contacts.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <span>
#include <utility>

#include "guard/answer_digest.h"
#include "guard/grant.h"

// Door (read): stored flows of an hour, to rebuild its contacts. Guard: a grant of the system role
// under the purpose of finding C&C servers; subscribers are pseudonyms.

namespace noroshi {
namespace {

constexpr std::uint64_t kHour = 3'600'000;
/// Contacts carry their events: a batch of them is many times as large as one of as many flows.
constexpr std::size_t kContactsPerBatch = 20'000;
constexpr std::uint64_t kMostBatches = 1 << 20;

BatchId batch_of(std::uint64_t hour, std::uint64_t number) {
  return hour * kMostBatches + number + 1;
}

/// As hourly_contacts.cpp copies them.
FieldSet fields_that_summarising_reads() {
  auto fields = fields_of_every_answer();
  for (const auto* word : {"addresses", "ports", "protocol", "tcp_flags", "reverse_tcp_flags",
                           "exporter", "end_reason"})
    fields |= *parse_fields(word);
  return fields;
}

}  // namespace

Status StoredContacts::store(std::uint64_t hour, const ContactSummary& summary) {
  const std::span<const Contact> all(summary.contacts);
  const auto shard = shard_of(hour);
  for (std::uint64_t number = 0; number * kContactsPerBatch < all.size(); ++number) {
    const auto from = number * kContactsPerBatch;
    const auto part = all.subspan(from, std::min(kContactsPerBatch, all.size() - from));
    const auto batch = batch_of(hour, number);
    if (TRY(history_.contacts_of(shard, batch, hour)) != 0) continue;
    TRY(history_.insert_contacts(shard, batch, hour, part));
  }
  return {};
}

Result<std::vector<std::uint64_t>> StoredContacts::unfinished(Timestamp now) {
  const auto this_hour = to_unix_milliseconds(now) / kHour;
  std::set<std::uint64_t> hours;
  for (const auto& partition : TRY(history_.partitions()))
    if (partition.table == "flows" && partition.begin + 24 >= this_hour &&
        partition.begin < this_hour)
      hours.insert(partition.begin);
  std::vector<std::uint64_t> result;
  for (const auto hour : hours)
    if (TRY(history_.contacts_of(shard_of(hour), batch_of(hour, 0), hour)) == 0)
      result.push_back(hour);
  return result;
}

Status StoredContacts::read_back(std::uint64_t hour,
                                 const std::function<Status(const FlowBatch&)>& add) {
  RowsQuestion question;
  question.window = {hour * kHour, (hour + 1) * kHour};
  const Access access{Person::system("contacts"), "c2-detection", ""};
  auto granted = TRY(guard_.permit(access, question, RowsUse::kShow));
  const auto terms = granted.terms();
  // Contacts made of less than they need would be wrong, not fewer.
  const auto missing = fields_that_summarising_reads() & terms.hidden;
  if (missing.any() || granted.question().window != question.window)
    return failure(ErrorCode::kPermission,
                   fmt::format("the purpose c2-detection does not reach all that contacts are made "
                               "of: fields {}, and the whole hour",
                               fmt::join(words_of(fields_that_summarising_reads()), ", ")));
  AnswerDigest digest;
  std::uint64_t rows = 0;
  const auto read = history_.read(std::move(granted), [&](const FlowBatch& batch) -> Status {
    digest.add(batch);
    rows += batch.size();
    return add(batch);
  });
  if (!read) {
    TRY(guard_.failed(terms, read.error()));
    return read;
  }
  return guard_.answered(terms, rows, digest.finish());
}

HourlyContacts::Dependencies StoredContacts::dependencies(std::function<Timestamp()> now,
                                                          Failed failed) {
  HourlyContacts::Dependencies result;
  result.store = [this, failed](std::uint64_t hour, const ContactSummary& summary) {
    const auto status = store(hour, summary);
    if (!status) failed("contacts not stored", status.error().message);
    return status;
  };
  result.read_back = [this](std::uint64_t hour,
                            const std::function<Status(const FlowBatch&)>& add) {
    return read_back(hour, add);
  };
  result.unfinished = [this, now, failed] {
    auto hours = unfinished(now());
    if (hours) return std::move(*hours);
    failed("contacts not looked for", hours.error().message);
    return std::vector<std::uint64_t>();
  };
  result.now = std::move(now);
  return result;
}

}  // namespace noroshi
