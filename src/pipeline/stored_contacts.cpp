#include "pipeline/stored_contacts.h"

#include <algorithm>
#include <set>
#include <span>
#include <utility>

namespace noroshi {
namespace {

constexpr std::uint64_t kHour = 3'600'000;
/// Contacts carry their events: a batch of them is many times as large as one of as many flows.
constexpr std::size_t kContactsPerBatch = 20'000;
constexpr std::uint64_t kMostBatches = 1 << 20;

BatchId batch_of(std::uint64_t hour, std::uint64_t number) {
  return hour * kMostBatches + number + 1;
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
    RowsQuestion question;
    question.window = {hour * kHour, (hour + 1) * kHour};
    return history_.read(question, add);
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
