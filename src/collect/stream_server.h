#pragma once

#include <sys/epoll.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "collect/exporter_policy.h"
#include "collect/file_descriptor.h"
#include "collect/intake.h"
#include "collect/listen_address.h"
#include "collect/message_framer.h"
#include "collect/socket_address.h"
#include "collect/stream.h"
#include "collect/tls.h"
#include "decode/decoder.h"
#include "decode/interface_table.h"
#include "decode/lru_table.h"
#include "decode/saved_session.h"
#include "model/flow_sink.h"

namespace noroshi {

/// What happened to connections. All but `open` only grow.
struct ConnectionCounters {
  std::uint64_t open = 0;
  std::uint64_t accepted = 0;
  std::uint64_t refused_by_policy = 0;
  std::uint64_t refused_by_limit = 0;  ///< too many connections, in all or of that exporter
  std::uint64_t idle = 0;              ///< closed because nothing came for too long
  std::uint64_t unframed = 0;          ///< closed because what came is not IPFIX
  std::uint64_t failed = 0;            ///< broken off; TLS: no valid handshake or certificate
};

struct StreamReport {
  IntakeReport intake;
  ConnectionCounters connections;
};

/// Receives IPFIX over TCP and TLS (RFC 7011 §10.4, §11): one thread for all connections.
///
/// A connection is a transport session of its own: its templates live and die with it, and
/// withdrawals count. A rate cap slows a connection down instead of losing messages, because what
/// an exporter announces over a connection it announces once.
class StreamServer {
 public:
  struct Config {
    std::vector<ListenAddress> listen;  ///< those of TCP and TLS are taken
    TlsFiles tls;
    std::size_t most_connections = 256;
    std::size_t most_connections_per_exporter = 16;
    std::chrono::milliseconds idle{30 * 60'000};      ///< between messages
    std::chrono::milliseconds handshake{10'000};      ///< until the first message
    std::chrono::milliseconds report_interval{1000};  ///< how often what others see is renewed
    Intake::Config intake = {};
    /// Of each connection. Far fewer than of a whole host of datagram exporters.
    Decoder::Config decoder = {.transport = Transport::kConnection,
                               .limits = {.sessions = 64,
                                          .templates_per_session = 1024,
                                          .fields_per_template = 512,
                                          .template_fields = 16'384,
                                          .samplers_per_session = 256,
                                          .interfaces_per_session = 1024,
                                          .interfaces = 1024}};
  };
  struct Dependencies {
    std::shared_ptr<const ExporterPolicy> policy;
    FlowSink& sink;
  };

  /// Inert until start().
  StreamServer(Config config, Dependencies dependencies);
  ~StreamServer() { stop(); }

  /// Opens every address, or none and says which could not be had.
  Status start();
  /// Returns after what had arrived is decoded and the batch in hand has reached the sink. Safe to
  /// call twice.
  void stop();

  /// After start(): where it listens, ports filled in.
  [[nodiscard]] const std::vector<ListenAddress>& listening() const { return listening_; }
  /// Puts another policy in force, within a report interval. From any thread.
  void adopt(std::shared_ptr<const ExporterPolicy> policy);
  /// At most a report interval old; complete after stop(). From any thread, never nullptr.
  [[nodiscard]] std::shared_ptr<const StreamReport> report() const;

 private:
  using Clock = Intake::Clock;
  struct Connection {
    Connection(FileDescriptor descriptor, const Peer& from, std::size_t accepted_by,
               std::unique_ptr<Stream> octets, const Decoder::Config& config, Clock::time_point now)
        : socket(std::move(descriptor)),
          peer(from),
          listener(accepted_by),
          stream(std::move(octets)),
          decoder(config),
          latest(now) {}

    FileDescriptor socket;
    Peer peer;
    std::size_t listener;
    std::unique_ptr<Stream> stream;  // uses the socket
    MessageFramer framer;
    Decoder decoder;
    Clock::time_point latest;  // message, or the beginning
    bool greeted = false;      // a whole message has come
    std::uint32_t events = EPOLLIN;
    bool again = false;  // has more to give without the socket's asking
  };
  enum class Fate : std::uint8_t { kStays, kEnds };

  Status listen(const ListenAddress& address);
  void run();
  void handle(int descriptor, Clock::time_point now);
  void accept_from(std::size_t listener, Clock::time_point now);
  [[nodiscard]] bool has_room_for(const Peer& peer) const;
  Fate serve(Connection& connection, Clock::time_point now);
  /// Decodes the whole messages held; false: at least one must wait for the rate cap.
  Result<bool> take_messages(Connection& connection, Clock::time_point now);
  void wait_for(Connection& connection, std::uint32_t events);
  void tick(Clock::time_point now);
  void close(int descriptor);
  void publish(Clock::time_point now);
  [[nodiscard]] std::chrono::milliseconds patience() const;

  const Config config_;
  Intake intake_;
  std::unique_ptr<TlsServer> tls_;
  std::vector<ListenAddress> listening_;
  std::vector<std::string> names_;  // of these
  std::vector<FileDescriptor> listeners_;
  std::unordered_map<int, Connection> connections_;  // by descriptor
  ConnectionCounters counters_;
  /// What closed connections had named: templates end with their session, what an interface was
  /// called yesterday does not.
  LruTable<SessionKey, std::shared_ptr<const InterfaceNames>, SessionKeyHash> departed_;
  Clock::time_point next_report_;
  Clock::time_point next_tick_;
  bool serve_again_ = false;

  FileDescriptor epoll_;
  FileDescriptor wake_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;

  mutable std::mutex mutex_;  // guards all below
  std::shared_ptr<const StreamReport> report_ = std::make_shared<const StreamReport>();
  std::shared_ptr<const ExporterPolicy> adopted_policy_;  // until the thread has taken it
};

}  // namespace noroshi
