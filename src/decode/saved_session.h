#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "decode/export_time.h"
#include "decode/interface_table.h"
#include "decode/template/definition.h"
#include "net/endpoint.h"
#include "net/ip_address.h"

namespace noroshi {

/// Who exports, in the sense of RFC 7011 §2 "Transport Session" plus observation domain: templates,
/// sampling and sequence numbers of two keys have nothing to do with one another.
struct SessionKey {
  IpAddress exporter;
  Port port;  ///< zero unless Decoder::Config::port_in_session_key
  ExportProtocol protocol = ExportProtocol::kNetflow5;
  std::uint32_t observation_domain_id = 0;

  friend bool operator==(const SessionKey&, const SessionKey&) = default;
};

struct SessionKeyHash {
  std::uint64_t seed = 0;  ///< outsiders choose the keys, so they must not know where these fall
  std::size_t operator()(const SessionKey& key) const {
    const auto rest = static_cast<std::uint64_t>(key.observation_domain_id) << 24 |
                      static_cast<std::uint64_t>(key.port.value) << 8 |
                      static_cast<std::uint64_t>(key.protocol);
    return mix(mix(key.exporter.high() ^ seed, key.exporter.low()), rest);
  }
};

/// The sampling rates an exporter has announced, to be kept. All rates are "1 in N".
struct SavedSampling {
  std::uint32_t domain_rate = 0;  ///< 0: none announced
  std::vector<std::pair<std::uint64_t, std::uint32_t>> samplers;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> interfaces;

  [[nodiscard]] bool empty() const {
    return domain_rate == 0 && samplers.empty() && interfaces.empty();
  }
  friend bool operator==(const SavedSampling&, const SavedSampling&) = default;
};

/// A template, to be kept.
struct SavedTemplate {
  std::uint16_t id = 0;
  std::uint64_t announced = 0;  ///< when the exporter last did so, ms since 1970
  TemplateDefinition definition;

  friend bool operator==(const SavedTemplate&, const SavedTemplate&) = default;
};

/// What an exporter session has learnt from announcements, to be kept over a restart.
struct SavedSession {
  SessionKey key;
  std::vector<SavedTemplate> templates;  ///< the longest unused first
  SavedSampling sampling;
  SystemStart::State system_start;
  InterfaceNames interfaces;

  friend bool operator==(const SavedSession&, const SavedSession&) = default;
};

/// What a person may want to know of an exporter session.
struct SessionReport {
  SessionKey key;
  std::size_t templates = 0;                         ///< in force, options templates included
  std::size_t provisional_templates = 0;             ///< of these, restored and not yet confirmed
  std::vector<std::uint32_t> sampling_rates;         ///< announced in options; ascending, each once
  std::shared_ptr<const InterfaceNames> interfaces;  ///< nullptr: none named
};

}  // namespace noroshi
