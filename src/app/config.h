#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "enrich/warning_lists.h"
#include "guard/old_rows_choice.h"
#include "net/prefix.h"

namespace noroshi {

/// What noroshi.toml says; config/noroshi.toml explains each key and shows the same defaults.
struct Config {
  struct Tls {
    std::string certificate;  ///< PEM files
    std::string key;
    std::string client_ca;  ///< when set, exporters must show a certificate it signed
  };
  struct Collect {
    std::vector<std::string> listen{"udp://[::]:2055", "udp://[::]:4739", "udp://[::]:6343"};
    unsigned workers = 1;
    std::uint64_t receive_buffer_mib = 32;
    bool allow_unknown = true;
    std::uint32_t rate_cap = 0;  ///< datagrams a second of one exporter; 0: none
    std::uint32_t sampling = 0;  ///< where an exporter states none; 0: unknown
    std::uint64_t most_exporters = 4096;
    std::chrono::hours templates_kept{72};
    Tls tls;
  };
  struct Exporter {
    std::string name;
    std::vector<Prefix> addresses;
    bool allow = true;
    std::optional<std::uint32_t> rate_cap;
    std::uint32_t sampling = 0;           ///< in place of none
    std::uint32_t sampling_override = 0;  ///< in place of whatever it says
    bool port_in_key = false;
    struct Interface {
      std::uint32_t index = 0;
      std::string name;       ///< empty: what the exporter calls it
      bool external = false;  ///< leads out of the own network
    };
    std::vector<Interface> interfaces;
  };
  struct History {
    enum class Kind { kNone, kEmbedded, kCluster };
    Kind kind = Kind::kEmbedded;
    std::string folder = "/var/lib/noroshi/history";
    std::string engine_library;  ///< empty: where the package puts it
    unsigned threads = 0;        ///< 0: one for each core
    std::uint64_t memory_mib = 2048;
    std::string cluster;
    std::vector<std::vector<std::string>> shards;  ///< URLs, replicas of a shard together
    std::string user = "default";
    std::string password_file;
    std::string ca_file;
    std::uint32_t insert_rows = 200'000;
    std::uint32_t insert_milliseconds = 1000;
    std::string spool;  ///< empty: beside the folder
    std::uint64_t spool_mib = 4096;
  };
  struct Retention {
    std::uint32_t flows_days = 30;
    std::uint32_t contacts_days = 400;
    std::uint32_t rollup_1m_days = 90;
    std::uint32_t rollup_5m_days = 400;
    std::uint32_t rollup_1h_days = 1830;
    double disk_share = 0.8;  ///< of the file system, by all of history
    double disk_free = 0.05;  ///< of the file system, to be left free by everybody
  };
  struct Enrich {
    std::string location_database = "/usr/share/libloc-location/location.db";
    std::string mmdb_as;
    std::string mmdb_country;
    std::vector<WarningFiles::File> warning_lists;
  };
  struct Serve {
    std::string socket = "/run/noroshi/noroshi.sock";
    std::vector<std::string> http{"127.0.0.1:8470"};
    std::string state = "/var/lib/noroshi";  ///< templates and what else outlives a restart
  };
  struct Guard {
    std::string policy;         ///< empty: the usual file where it exists, else the built-in policy
    std::string key_file;       ///< of pseudonyms; empty: guard/keys in serve.state
    std::string node;           ///< whose audit it is; empty: the host's name
    std::string timestamp_url;  ///< empty: no time stamps
    std::string timestamp_ca;   ///< PEM
    std::chrono::hours timestamp_every{24};
    OldRows old_rows = OldRows::kRefuse;  ///< what becomes of rows with addresses in clear
  };

  struct Judge {
    /// Since midnight, UTC: when the daemon judges the day before. None: only when somebody asks.
    std::optional<std::chrono::minutes> at{std::chrono::hours(5)};
    std::string model{};  ///< folder of a learning judge; empty: evidence is weighed by hand
  };

  Collect collect;
  std::vector<Exporter> exporters;
  History history;
  Retention retention;
  Enrich enrich;
  Serve serve;
  Guard guard;
  Judge judge;
  std::vector<Prefix> subscribers;
  std::map<std::string, std::vector<Prefix>, std::less<>> tags;
  std::string hash;  ///< SHA-256 of the text it was read from; empty: of none
};

/// Reads and checks a configuration. Unknown keys, values out of range and contradictions are one
/// error each, the first of them, with file and line.
[[nodiscard]] Result<Config> read_config(const std::string& path);
[[nodiscard]] Result<Config> parse_config(std::string_view text, const std::string& name);

}  // namespace noroshi
