#include "app/restart_keys.h"

namespace noroshi {

std::vector<std::string_view> keys_that_need_a_restart(const Config& running, const Config& next) {
  std::vector<std::string_view> keys;
  const auto compare = [&](std::string_view key, const auto& old_value, const auto& new_value) {
    if (old_value != new_value) keys.push_back(key);
  };
  compare("collect.listen", running.collect.listen, next.collect.listen);
  compare("collect.workers", running.collect.workers, next.collect.workers);
  compare("collect.receive_buffer_mib", running.collect.receive_buffer_mib,
          next.collect.receive_buffer_mib);
  compare("history.engine", running.history.kind, next.history.kind);
  compare("history.folder", running.history.folder, next.history.folder);
  compare("history.shard", running.history.shards, next.history.shards);
  compare("serve.socket", running.serve.socket, next.serve.socket);
  compare("serve.http", running.serve.http, next.serve.http);
  compare("serve.state", running.serve.state, next.serve.state);
  compare("judge.at", running.judge.at, next.judge.at);
  compare("guard.node", running.guard.node, next.guard.node);
  compare("guard.timestamp_url", running.guard.timestamp_url, next.guard.timestamp_url);
  compare("guard.timestamp_ca", running.guard.timestamp_ca, next.guard.timestamp_ca);
  compare("guard.timestamp_hours", running.guard.timestamp_every, next.guard.timestamp_every);
  return keys;
}

}  // namespace noroshi
