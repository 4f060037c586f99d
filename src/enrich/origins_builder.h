#pragma once

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <utility>
#include <vector>

#include "enrich/origins.h"

namespace noroshi {

/// Collects networks of one database. Part of Origins, shared by the files that read databases.
class Origins::Builder {
 public:
  /// More networks than any real table has: a hostile file ends there.
  static constexpr std::size_t kMostNetworks = 20'000'000;

  [[nodiscard]] bool full() const { return entries_.size() >= kMostNetworks; }
  [[nodiscard]] std::size_t size() const { return entries_.size(); }

  /// Room for so many, where a file says how many there are.
  void reserve(std::size_t networks) { entries_.reserve(std::min(networks, kMostNetworks)); }
  void add(const Prefix& prefix, const Origin& origin) {
    const auto key = static_cast<std::uint64_t>(origin.as) << 16 | origin.country;
    const auto [known, is_new] =
        index_.try_emplace(key, static_cast<std::uint32_t>(origins_.size()));
    if (is_new) origins_.push_back(origin);
    entries_.push_back({prefix, known->second});
  }

  void add_to(Origins& origins) {
    origins.tables_.push_back({PrefixMap(std::move(entries_)), std::move(origins_)});
  }
  static void describe(Origins& origins, std::string text) {
    origins.description_ = std::move(text);
  }

 private:
  std::vector<PrefixMap::Entry> entries_;
  std::vector<Origin> origins_;
  boost::unordered_flat_map<std::uint64_t, std::uint32_t> index_;
};

}  // namespace noroshi
