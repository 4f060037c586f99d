#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "guard/pseudonym/block_cipher.h"
#include "guard/pseudonym/key_source.h"
#include "net/prefix.h"

namespace noroshi {

/// The way back from pseudonyms, for those whom the guard has let through, and between those of two
/// keys. Makes the tables it needs when it needs them. Not thread-safe.
class PseudonymBook {
 public:
  /// `blocks` are all that pseudonyms were ever made of: SubscriberRanges::blocks(), as kept beside
  /// the keys.
  PseudonymBook(std::unique_ptr<const KeySource> source, std::vector<Prefix> blocks)
      : source_(std::move(source)), blocks_(std::move(blocks)) {}
  /// From a key file and the ranges beside it.
  [[nodiscard]] static Result<PseudonymBook> read(const std::filesystem::path& key_file);

  /// The address behind a pseudonym of a row of that hour (key_hour() of the row; of a contact, its
  /// hour). kInvalidArgument for what is no pseudonym or of no known range; kNotFound when the key
  /// of that hour is retired.
  [[nodiscard]] Result<IpAddress> address_of(const IpAddress& pseudonym, std::uint64_t hour);
  /// The pseudonym that an address has in that hour, with the same errors.
  [[nodiscard]] Result<IpAddress> pseudonym_of(const IpAddress& address, std::uint64_t hour);
  /// The same subscriber's pseudonym in another hour, for cases that span a rotation.
  [[nodiscard]] Result<IpAddress> translate(const IpAddress& pseudonym, std::uint64_t from,
                                            std::uint64_t to);

  [[nodiscard]] const KeySource& source() const { return *source_; }

 private:
  Result<const BlockCipher*> cipher_of(const IpAddress& address, std::uint64_t hour);

  std::unique_ptr<const KeySource> source_;
  std::vector<Prefix> blocks_;
  std::map<std::pair<std::string, std::size_t>, std::shared_ptr<const BlockCipher>> ciphers_;
  std::uint64_t numbers_ = 0;  // in the tables of ciphers_
};

/// The blocks that the pseudonyms of a key file's site are drawn within, in the file beside it
/// (".ranges"): one prefix a line. None where there is no such file.
[[nodiscard]] Result<std::vector<Prefix>> read_blocks(const std::filesystem::path& key_file);
Status write_blocks(const std::filesystem::path& key_file, const std::vector<Prefix>& blocks);

}  // namespace noroshi
