#pragma once

#include <poll.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "collect/datagram_receiver.h"
#include "collect/exporter_policy.h"
#include "collect/file_descriptor.h"
#include "collect/intake.h"
#include "collect/udp_socket.h"
#include "decode/decoder.h"
#include "decode/saved_session.h"
#include "model/flow_sink.h"

namespace noroshi {

/// What a worker lets other threads see: a copy that nobody changes any more.
struct WorkerReport {
  IntakeReport intake;
  std::vector<SocketReport> sockets;
};
using SavedSessions = std::vector<SavedSession>;

/// One thread that receives from its sockets, one for each listening address, decodes, and hands
/// batches to the sink.
class UdpWorker {
 public:
  struct Config {
    std::size_t number = 0;
    Intake::Config intake = {};
    Decoder::Config decoder = {};
    std::chrono::milliseconds report_interval{1000};  ///< how often what others see is renewed
    std::chrono::milliseconds save_interval{30'000};  ///< the same for saved_sessions()
    /// After it has emptied its sockets a worker waits a little, and finds more datagrams at once:
    /// each costs the less. Never where the receive buffers are too small for that.
    std::chrono::milliseconds pause{1};
  };
  struct Dependencies {
    std::shared_ptr<const ExporterPolicy> policy;
    FlowSink& sink;
  };
  struct Listener {
    std::string name;  ///< "udp://[::]:2055"
    UdpSocket socket;
    std::size_t receive_buffer_asked;
  };

  /// Inert until start().
  UdpWorker(Config config, Dependencies dependencies, std::vector<Listener> listeners);
  ~UdpWorker() { stop(); }

  /// Before start(): the sessions as they were before a restart.
  void restore(std::span<const SavedSession> sessions, Timestamp now) {
    decoder_.restore(sessions, now);
  }
  Status start();
  /// Returns after what had arrived is decoded and the batch in hand has reached the sink. Safe to
  /// call twice.
  void stop();

  /// Puts another policy in force, within a report interval. From any thread.
  void adopt(std::shared_ptr<const ExporterPolicy> policy);

  /// At most a report interval old; complete after stop(). From any thread, never nullptr.
  [[nodiscard]] std::shared_ptr<const WorkerReport> report() const;
  /// What Decoder::save() said at most a save interval ago; complete after stop(). From any thread,
  /// never nullptr.
  [[nodiscard]] std::shared_ptr<const SavedSessions> saved_sessions() const;

 private:
  using Clock = Intake::Clock;
  struct Source {
    UdpSocket socket;
    SocketReport report;
  };

  void run();
  void wait(std::chrono::milliseconds most, bool for_datagrams);
  std::size_t drain();
  std::size_t drain(std::size_t index);
  void drain_what_has_arrived();
  void publish(Clock::time_point now, bool last);
  [[nodiscard]] std::chrono::milliseconds patience() const;

  const Config config_;
  Intake intake_;
  Decoder decoder_;
  std::vector<Source> sources_;
  std::vector<std::string> names_;  // of the sources
  std::size_t calm_ = 0;            // datagrams a round up to which pausing is safe
  DatagramReceiver receiver_;
  std::vector<pollfd> polled_;
  Clock::time_point next_report_;
  Clock::time_point next_save_;

  FileDescriptor wake_;  // an eventfd: stop() wakes the thread
  std::atomic<bool> stopping_ = false;
  std::thread thread_;

  mutable std::mutex mutex_;                              // guards all below
  std::shared_ptr<const ExporterPolicy> adopted_policy_;  // until the thread has taken it
  std::shared_ptr<const WorkerReport> report_;
  std::shared_ptr<const SavedSessions> saved_;
};

}  // namespace noroshi
