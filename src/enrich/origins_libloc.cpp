#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <type_traits>

#include "base/time.h"
#include "enrich/origins_builder.h"

extern "C" {
#include <libloc/database.h>
#include <libloc/libloc.h>
#include <libloc/network.h>
}

namespace noroshi {
namespace {

template <auto release>
struct Release {
  template <typename T>
  void operator()(T* object) const {
    release(object);
  }
};
using Context = std::unique_ptr<loc_ctx, Release<loc_unref>>;
using Database = std::unique_ptr<loc_database, Release<loc_database_unref>>;
using Enumerator = std::unique_ptr<loc_database_enumerator, Release<loc_database_enumerator_unref>>;
using Network = std::unique_ptr<loc_network, Release<loc_network_unref>>;
struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

void be_silent(loc_ctx*, int, const char*, int, const char*, const char*, va_list) {}

}  // namespace

std::uint16_t country_code(std::string_view text) {
  if (text.size() != 2) return 0;
  std::uint16_t code = 0;
  for (const char letter : text) {
    if (letter < 'A' || letter > 'Z') return 0;
    code = static_cast<std::uint16_t>(code << 8 | static_cast<std::uint8_t>(letter));
  }
  return code;
}

Result<std::shared_ptr<const Origins>> Origins::from_libloc(const std::string& path) {
  const auto bad = [&](const char* what) {
    return failure(ErrorCode::kMalformed, fmt::format("{}: {}; a location database of libloc is "
                                                      "expected (Debian: libloc-database)",
                                                      path, what));
  };
  const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "re"));
  if (!file) return failure(ErrorCode::kNotFound, path + ": the file cannot be opened");

  loc_ctx* raw_context = nullptr;
  if (loc_new(&raw_context) != 0) return bad("libloc cannot start");
  const Context context(raw_context);
  loc_set_log_fn(context.get(), be_silent);
  loc_database* raw_database = nullptr;
  if (loc_database_new(context.get(), &raw_database, file.get()) != 0) return bad("not readable");
  const Database database(raw_database);
  loc_database_enumerator* raw_enumerator = nullptr;
  if (loc_database_enumerator_new(&raw_enumerator, database.get(), LOC_DB_ENUMERATE_NETWORKS, 0) !=
      0)
    return bad("its networks cannot be listed");
  const Enumerator enumerator(raw_enumerator);

  Builder builder;
  while (!builder.full()) {
    loc_network* raw_network = nullptr;
    if (loc_database_enumerator_next_network(enumerator.get(), &raw_network) != 0)
      return bad("damaged");
    if (raw_network == nullptr) break;
    const Network network(raw_network);
    // The prefix length is of the family's own bits; IPv4 addresses come mapped.
    const auto* first = loc_network_get_first_address(network.get());
    const auto address =
        IpAddress::from_bytes(std::as_bytes(std::span<const std::uint8_t, 16>(first->s6_addr)));
    const char* country = loc_network_get_country_code(network.get());
    builder.add(
        Prefix::of(address, static_cast<int>(loc_network_prefix(network.get()))),
        {loc_network_get_asn(network.get()), country_code(country == nullptr ? "" : country)});
  }
  if (builder.size() == 0) return bad("it holds no network");

  auto origins = std::make_shared<Origins>();
  const auto created = std::chrono::seconds(loc_database_created_at(database.get()));
  Builder::describe(*origins,
                    fmt::format("{} of {}, {} networks", path,
                                to_rfc3339(Timestamp(created)).substr(0, 10), builder.size()));
  builder.add_to(*origins);
  return origins;
}

}  // namespace noroshi
