#include "guard/pseudonym/pseudonym_book.h"

#include <fmt/format.h>

#include <algorithm>

#include "guard/pseudonym/key_file.h"
#include "guard/pseudonym/private_file.h"

namespace noroshi {
namespace {

std::filesystem::path blocks_path(const std::filesystem::path& key_file) {
  return key_file.string() + ".ranges";
}

}  // namespace

Result<PseudonymBook> PseudonymBook::read(const std::filesystem::path& key_file) {
  auto keys = std::make_unique<KeyFile>(TRY(KeyFile::read(key_file)));
  return PseudonymBook(std::move(keys), TRY(read_blocks(key_file)));
}

Result<IpAddress> PseudonymBook::address_of(const IpAddress& pseudonym, std::uint64_t hour) {
  if (!pseudonym.is_pseudonym())
    return failure(ErrorCode::kInvalidArgument, "not a pseudonym: those begin with ~");
  return TRY(cipher_of(pseudonym.unmarked(), hour))->address_of(pseudonym);
}

Result<IpAddress> PseudonymBook::pseudonym_of(const IpAddress& address, std::uint64_t hour) {
  if (address.is_pseudonym())
    return failure(ErrorCode::kInvalidArgument, "a pseudonym, where an address is expected");
  return TRY(cipher_of(address, hour))->pseudonym_of(address);
}

Result<IpAddress> PseudonymBook::translate(const IpAddress& pseudonym, std::uint64_t from,
                                           std::uint64_t to) {
  return pseudonym_of(TRY(address_of(pseudonym, from)), to);
}

Result<const BlockCipher*> PseudonymBook::cipher_of(const IpAddress& address, std::uint64_t hour) {
  const auto block =
      std::ranges::find_if(blocks_, [&](const Prefix& prefix) { return prefix.contains(address); });
  if (block == blocks_.end())
    return failure(ErrorCode::kInvalidArgument,
                   "in no range that subscribers have or had: nothing to translate");
  const auto& key = source_->key_of(hour);
  const std::pair name(key.id, static_cast<std::size_t>(block - blocks_.begin()));
  if (const auto known = ciphers_.find(name); known != ciphers_.end()) return known->second.get();
  const auto numbers = BlockCipher::table_numbers(*block);
  if (numbers_ + numbers > BlockCipher::kMostTableNumbers) {
    ciphers_.clear();
    numbers_ = 0;
  }
  auto cipher = TRY(BlockCipher::make(*source_, key.id, *block));
  numbers_ += numbers;
  return ciphers_.emplace(name, std::move(cipher)).first->second.get();
}

Result<std::vector<Prefix>> read_blocks(const std::filesystem::path& key_file) {
  const auto path = blocks_path(key_file);
  const auto file = read_private_file(path);
  if (!file && file.error().code == ErrorCode::kNotFound) return std::vector<Prefix>();
  if (!file) return tl::unexpected(file.error());
  std::vector<Prefix> blocks;
  auto text = file->text();
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    auto block = Prefix::parse(text.substr(0, end));
    if (!block) return tl::unexpected(in_context(path.string(), block.error()));
    blocks.push_back(*block);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return blocks;
}

Status write_blocks(const std::filesystem::path& key_file, const std::vector<Prefix>& blocks) {
  std::string text;
  for (const auto& block : blocks) text += block.to_string() + "\n";
  return write_private_file(blocks_path(key_file), text);
}

}  // namespace noroshi
