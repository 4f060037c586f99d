#include "store/group_stream.h"

#include "store/row_stream.h"

namespace noroshi {

GroupStream::GroupStream(Engine& engine, std::uint32_t least_lines)
    : engine_(engine),
      name_(engine.readable("flows")),
      context_{.table = {name_},
               .engine_version = engine.version(),
               .facts = {},
               .least_lines = least_lines} {}

Status GroupStream::groups(const Grouped& grouped, const Condition& filter,
                           const TimeWindow& window, const Group& group) const {
  const TallySql tallies(context_.facts);
  std::size_t octets_of_keys = grouped.step > 0 ? 8 : 0;
  for (const auto& key : grouped.keys)
    octets_of_keys += KeySql(key, context_.engine_version).octets();
  RowStream rows(octets_of_keys + tallies.octets(),
                 [&](std::span<const std::byte> groups) -> Status {
                   ByteReader reader(groups);
                   while (!reader.at_end()) {
                     auto keys = reader.read_section(octets_of_keys);
                     const auto tally = tallies.read(reader);
                     TRY(group(keys, tally));
                   }
                   return Status{};
                 });
  TRY(engine_.stream(groups_sql(grouped, filter, window, context_).text(),
                     [&](std::span<const std::byte> piece) { return rows.take(piece); }));
  return rows.finish();
}

Status GroupStream::with_facts(const TimeWindow& window, const std::function<Status()>& work) {
  context_.facts = TRY(facts_of(window));
  for (;;) {
    TRY(work());
    const auto facts = TRY(facts_of(window));
    if (facts == context_.facts) return {};
    context_.facts = facts;
  }
}

Result<RowFacts> GroupStream::facts_of(const TimeWindow& window) const {
  const auto answer = TRY(engine_.ask(facts_sql(window, context_.table).text()));
  return read_facts(answer);
}

}  // namespace noroshi
