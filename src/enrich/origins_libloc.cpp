#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <optional>
#include <vector>

#include "base/byte_reader.h"
#include "base/time.h"
#include "enrich/origins_builder.h"

// The file is read here and not through the library: that formats every network as text on its way,
// which made loading the table the longest part of a short run.

// Door (in): the database of networks, AS numbers and countries. Guard: published data; checked
// while it is read.

namespace noroshi {
namespace {

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

/// Part of the file, in memory that nothing wrote before.
struct Octets {
  explicit Octets(std::size_t length)
      : memory(std::make_unique_for_overwrite<std::byte[]>(length)), size(length) {}
  [[nodiscard]] std::span<const std::byte> all() const { return {memory.get(), size}; }

  std::unique_ptr<std::byte[]> memory;
  std::size_t size;
};

/// Where a part of the file lies.
struct Section {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

/// What of the header (libloc's format.h, loc_database_header_v1) is of use.
struct Header {
  std::uint64_t created = 0;  // s since 1970 UTC
  Section networks;
  Section tree;
};
constexpr std::size_t kHeaderLength = 52;
constexpr std::size_t kNetworkLength = 12;
constexpr std::size_t kNodeLength = 12;
constexpr std::uint32_t kNoNetwork = UINT32_MAX;
constexpr int kAddressBits = 128;

/// Nothing where the file is shorter than that.
std::optional<Octets> read(std::FILE* file, std::uint64_t size, const Section& section) {
  if (section.offset > size || section.length > size - section.offset) return std::nullopt;
  Octets octets(section.length);
  if (::fseeko(file, static_cast<off_t>(section.offset), SEEK_SET) != 0 ||
      std::fread(octets.memory.get(), 1, octets.size, file) != octets.size)
    return std::nullopt;
  return octets;
}

std::optional<Header> header_of(std::span<const std::byte> octets) {
  constexpr std::array<std::uint8_t, 8> kMagicAndVersion = {'L', 'O', 'C', 'D', 'B', 'X', 'X', 1};
  ByteReader reader(octets);
  for (const auto expected : kMagicAndVersion)
    if (reader.read_u8() != expected) return std::nullopt;
  const auto section = [&] {
    const auto offset = reader.read_u32();
    return Section{offset, reader.read_u32()};
  };
  Header header;
  header.created = reader.read_u64();
  reader.skip(3 * sizeof(std::uint32_t));  // vendor, description, licence
  section();                               // names of autonomous systems
  header.networks = section();
  header.tree = section();
  if (!reader.ok()) return std::nullopt;
  return header;
}

Origin origin_of(std::span<const std::byte> network) {
  ByteReader reader(network);
  const std::array letters = {static_cast<char>(reader.read_u8()),
                              static_cast<char>(reader.read_u8())};
  reader.skip(2);
  return {reader.read_u32(), country_code({letters.data(), letters.size()})};
}

/// Walks the tree, in which a node is a bit of the address (IPv4 mapped), and visits every network
/// in order of address, the outer before the inner. False when the file contradicts itself: points
/// outside, in a circle, or deeper than an address is long.
template <typename Visitor>
bool for_each_network(std::span<const std::byte> tree, std::span<const std::byte> networks,
                      Visitor&& visit) {
  struct Step {
    std::uint32_t node;
    int depth;
    std::array<std::byte, 16> bits;
  };
  const auto nodes = tree.size() / kNodeLength;
  std::vector<Step> steps{{0, 0, {}}};
  std::size_t visited = 0;
  while (!steps.empty()) {
    const auto step = steps.back();
    steps.pop_back();
    // A node has one way to it, so there are no more steps than nodes.
    if (step.node >= nodes || ++visited > nodes || step.depth > kAddressBits) return false;
    ByteReader reader(tree.subspan(step.node * kNodeLength, kNodeLength));
    const auto zero = reader.read_u32();
    const auto one = reader.read_u32();
    const auto network = reader.read_u32();
    if (network != kNoNetwork) {
      if (network >= networks.size() / kNetworkLength) return false;
      const auto address = IpAddress::from_bytes(step.bits);
      visit(Prefix::of(address, address.is_v4() ? step.depth - 96 : step.depth),
            origin_of(networks.subspan(network * kNetworkLength, kNetworkLength)));
    }
    // Node 0 is the root, to which nothing leads: there it says that there is no such node.
    if ((zero != 0 || one != 0) && step.depth == kAddressBits) return false;
    if (one != 0) {
      auto bits = step.bits;
      const auto at = static_cast<std::size_t>(step.depth);
      bits[at / 8] |= static_cast<std::byte>(0x80 >> at % 8);
      steps.push_back({one, step.depth + 1, bits});
    }
    if (zero != 0) steps.push_back({zero, step.depth + 1, step.bits});
  }
  return true;
}

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
  const File file(std::fopen(path.c_str(), "re"));
  struct stat status {};
  if (!file || ::fstat(::fileno(file.get()), &status) != 0)
    return failure(ErrorCode::kNotFound, path + ": the file cannot be opened");
  const auto size = static_cast<std::uint64_t>(status.st_size);
  const auto start = read(file.get(), size, {0, kHeaderLength});
  const auto header = start ? header_of(start->all()) : std::nullopt;
  if (!header) return bad("not readable");
  const auto tree = read(file.get(), size, header->tree);
  const auto networks = read(file.get(), size, header->networks);
  if (!tree || !networks) return bad("damaged");

  Builder builder;
  builder.reserve(networks->size / kNetworkLength);
  const bool whole = for_each_network(tree->all(), networks->all(),
                                      [&](const Prefix& prefix, const Origin& origin) {
                                        if (!builder.full()) builder.add(prefix, origin);
                                      });
  if (!whole) return bad("damaged");
  if (builder.size() == 0) return bad("it holds no network");

  auto origins = std::make_shared<Origins>();
  constexpr std::uint64_t kEndOfYear9999 = 253'402'300'799;
  const std::chrono::seconds created(
      static_cast<std::int64_t>(std::min(header->created, kEndOfYear9999)));
  Builder::describe(*origins,
                    fmt::format("{} of {}, {} networks", path,
                                to_rfc3339(Timestamp(created)).substr(0, 10), builder.size()));
  builder.add_to(*origins);
  return origins;
}

}  // namespace noroshi
